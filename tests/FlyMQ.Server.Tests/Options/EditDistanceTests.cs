using CsCheck;
using FlyMQ.Server.Options;

namespace FlyMQ.Server.Tests.Options;

public sealed class EditDistanceTests
{
    [Theory]
    [InlineData("", "abc", 3)]
    [InlineData("sync", "snyc", 1)]
    [InlineData("kitten", "sitting", 3)]
    public void Counts_letters_put_in_taken_out_changed_or_swapped(string a, string b, int distance) => Assert.Equal(distance, EditDistance.Between(a, b));

    [Fact]
    public void Is_the_same_both_ways_and_nothing_for_equal_words() =>
        Gen.Select(Gen.String[Gen.Char['a', 'd'], 0, 12], Gen.String[Gen.Char['a', 'd'], 0, 12]).Sample((a, b) =>
        {
            Assert.Equal(EditDistance.Between(a, b), EditDistance.Between(b, a));
            Assert.Equal(a == b, EditDistance.Between(a, b) == 0);
        });

    [Theory]
    [InlineData("storage.snyc", "storage.sync")]
    [InlineData("sync", "storage.sync")]
    [InlineData("log.segment.bytes", "topics.segment_bytes")]
    [InlineData("datadir", "data_dir")]
    [InlineData("topic.num_partitions", "topics.num_partitions")]
    public void A_wrong_name_leads_to_the_key_that_was_meant(string wrong, string meant) => Assert.Equal(meant, OptionKeys.Nearest(wrong).Name);
}
