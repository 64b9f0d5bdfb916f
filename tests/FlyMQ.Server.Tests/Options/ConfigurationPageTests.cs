namespace FlyMQ.Server.Tests.Options;

public sealed class ConfigurationPageTests
{
    [Fact]
    public void The_page_says_what_the_keys_say()
    {
        if (Environment.GetEnvironmentVariable("FLYMQ_WRITE_DOCS") == "1")
        {
            File.WriteAllText(ConfigurationPage.Path, ConfigurationPage.Render());
        }

        Assert.True(
            File.Exists(ConfigurationPage.Path) && File.ReadAllText(ConfigurationPage.Path) == ConfigurationPage.Render(),
            "docs/configuration.md is stale: run this test with FLYMQ_WRITE_DOCS=1");
    }

    [Fact]
    public void The_pages_example_is_accepted()
    {
        var page = ConfigurationPage.Render();
        var start = page.IndexOf("```json\n", StringComparison.Ordinal) + "```json\n".Length;
        var options = Loading.Accepted(page[start..page.IndexOf("```", start, StringComparison.Ordinal)]);
        Assert.Equal(2, options.Listeners.Count);
        Assert.Equal("86400000", options.KafkaBrokerConfigs["log.retention.ms"]);
    }
}
