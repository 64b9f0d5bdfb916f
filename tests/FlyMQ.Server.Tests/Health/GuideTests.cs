namespace FlyMQ.Server.Tests.Health;

public sealed class GuideTests
{
    [Fact]
    public void The_blocks_that_these_tests_compare_with_are_the_guides_own()
    {
        Assert.SkipWhen(Guide.Text is null, "The guide is not beside this working copy (../shared/seeds).");
        Assert.Equal(Guide.Response, Assert.Single(Guide.Blocks(Guide.Text, "json")));
        Assert.Contains(Guide.Endpoints, Guide.Text, StringComparison.Ordinal);
        Assert.Equal(Guide.Probes, Assert.Single(Guide.Blocks(Guide.Text, "yaml")));
    }
}
