using System.Buffers;
using System.Text;
using FlyMQ.Records;

namespace FlyMQ.Records.Tests;

public class Crc32CTests
{
    // RFC 3720, appendix B.4, and the check value of the CRC catalogues.
    [Theory]
    [InlineData("123456789", 0xE3069283u)]
    [InlineData("", 0u)]
    public void Known_answers(string text, uint expected)
    {
        Assert.Equal(expected, Crc32C.Compute(Encoding.ASCII.GetBytes(text)));
        Assert.Equal(expected, Crc32C.Compute(new ReadOnlySequence<byte>(Encoding.ASCII.GetBytes(text))));
    }
}
