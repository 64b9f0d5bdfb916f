using System.Buffers.Binary;
using System.Text;
using FlyMQ.Compatibility.Brokers;
using FlyMQ.Compatibility.Wire;

namespace FlyMQ.Compatibility.Health;

/// <summary>Produces words to one partition with acks=all, one after the other, and knows which were acknowledged.</summary>
internal sealed class WordProducer : IDisposable
{
    public const string Topic = "words";
    public const short None = 0, StorageError = 56;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);
    private readonly RawConnection _connection;
    private readonly int _valueBytes;
    private readonly List<(long Offset, string Word)> _acknowledged = [];
    private int _sent;

    private WordProducer(RawConnection connection, int valueBytes) => (_connection, _valueBytes) = (connection, valueBytes);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public int Acknowledged => _acknowledged.Count;

    /// <param name="valueBytes">Of each record, filled up behind the word.</param>
    public static async Task<WordProducer> OpenAsync(BrokerProcess broker, int valueBytes = 100)
    {
        var connection = await RawConnection.OpenAsync(broker.Port, Cancel);
        await CreateAsync(connection, Topic);
        return new WordProducer(connection, valueBytes);
    }

    /// <returns>What the broker says of the topic that it was asked for.</returns>
    public static async Task<byte[]> CreateAsync(RawConnection connection, string topic)
    {
        await connection.SendAsync(Frames.MetadataOf(1, topic), Cancel);
        return await connection.ReceiveAsync(Cancel);
    }

    /// <returns>Kafka's error code.</returns>
    public async Task<short> ProduceAsync()
    {
        var word = $"word-{_sent++:D6}-";
        var value = new byte[_valueBytes];
        Encoding.ASCII.GetBytes(word, value);
        await _connection.SendAsync(Frames.ProduceTo(_sent, Topic, 0, Frames.AcksAll, Frames.Batch(value)), Cancel);
        var answer = await _connection.ReceiveAsync(Cancel);
        // Correlation id, topics, the topic's name, partitions, the partition's index; then its error and offset.
        var at = 4 + 4 + 2 + Topic.Length + 4 + 4;
        var error = BinaryPrimitives.ReadInt16BigEndian(answer.AsSpan(at));
        if (error == None)
        {
            _acknowledged.Add((BinaryPrimitives.ReadInt64BigEndian(answer.AsSpan(at + 2)), word));
        }

        return error;
    }

    public async Task ProduceAsync(int records)
    {
        for (var i = 0; i < records; i++)
        {
            Assert.Equal(None, await ProduceAsync());
        }
    }

    /// <summary>Produces until the broker answers so.</summary>
    public async Task UntilAsync(short error)
    {
        short last = -1;
        for (var end = DateTime.UtcNow + Patience; DateTime.UtcNow < end; await Task.Delay(5, Cancel))
        {
            last = await ProduceAsync();
            if (last == error)
            {
                return;
            }
        }

        throw new TimeoutException($"produces are answered with {last}, never with {error}");
    }

    /// <summary>Every record that was acknowledged is at the offset it was told.</summary>
    /// <param name="most">Only the first of them.</param>
    public async Task VerifyAsync(BrokerProcess broker, int most = int.MaxValue)
    {
        using var reader = await RawConnection.OpenAsync(broker.Port, Cancel);
        Assert.NotEmpty(_acknowledged);
        foreach (var (offset, word) in _acknowledged.Take(most))
        {
            await reader.SendAsync(Frames.FetchFrom(1, Topic, 0, offset), Cancel);
            var answer = await reader.ReceiveAsync(Cancel);
            // The first batch is the one that was asked for: each has one record.
            var first = answer.AsSpan().IndexOf("word-"u8);
            Assert.True(first >= 0, $"there is no record at {offset}, where {word} was acknowledged");
            Assert.Equal(word, Encoding.ASCII.GetString(answer, first, word.Length));
        }
    }

    public void Dispose() => _connection.Dispose();
}
