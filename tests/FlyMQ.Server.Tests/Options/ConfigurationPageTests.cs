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
}
