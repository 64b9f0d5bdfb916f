using FlyMQ.Compatibility.Brokers;
using FlyMQ.Compatibility.Processes;

namespace FlyMQ.Compatibility.Metrics;

/// <summary>The configuration and the rules for Prometheus, by its own judge.</summary>
public sealed class AlertRules
{
    [Fact]
    public async Task Promtool_accepts_the_configuration_and_both_files_of_rules()
    {
        var promtool = Programs.Require("promtool");
        (await RunAsync(promtool, PrometheusServer.Examples, "check", "config", "prometheus.yml")).Succeeded();
        (await RunAsync(promtool, PrometheusServer.Examples, "check", "rules", "--lint=all", "--lint-fatal", "recording.rules.yml", "alerts.rules.yml")).Succeeded();
    }

    [Fact]
    public async Task Every_alert_fires_when_it_should_and_not_otherwise()
    {
        var promtool = Programs.Require("promtool");
        (await RunAsync(promtool, PrometheusServer.Examples, "test", "rules", "alerts.test.yml")).Succeeded();
    }

    [Theory]
    [InlineData("> 100000", "> 1000000000")]
    [InlineData("> 100000", "> 1")]
    [InlineData("up{job=\"flymq\"} == 0", "up == 0")]
    [InlineData("(flymq_cluster_leader{job=\"flymq\"}) == 0", "(flymq_cluster_leader{job=\"flymq\"}) == 1")]
    [InlineData("{job=\"flymq\"}[1h] offset 15m)) > 1", "{job=\"flymq\"}[1h] offset 15m)) >= 0")]
    [InlineData("_headroom_seconds:min{job=\"flymq\"} < group_topic", "_headroom_seconds:min{job=\"flymq\"} < 1000 * group_topic")]
    [InlineData("- time() < 14 * 86400", "- time() < 90 * 86400")]
    public async Task The_alerts_tests_notice_an_alert_that_is_wrong(string right, string wrong)
    {
        var promtool = Programs.Require("promtool");
        var folder = Directory.CreateTempSubdirectory("flymq-alerts-").FullName;
        try
        {
            Assert.Contains(right, RuleFiles.Alerts, StringComparison.Ordinal);
            await File.WriteAllTextAsync(Path.Combine(folder, "alerts.rules.yml"), RuleFiles.Alerts.Replace(right, wrong, StringComparison.Ordinal), TestContext.Current.CancellationToken);
            await File.WriteAllTextAsync(Path.Combine(folder, "recording.rules.yml"), RuleFiles.Recording, TestContext.Current.CancellationToken);
            await File.WriteAllTextAsync(Path.Combine(folder, "alerts.test.yml"), RuleFiles.AlertTests, TestContext.Current.CancellationToken);
            var run = await RunAsync(promtool, folder, "test", "rules", "alerts.test.yml");
            Assert.Equal(1, run.ExitCode);
            Assert.Contains("FAILED", run.Output + run.Error, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Every_alert_says_how_bad_it_is_what_happened_and_what_to_do_and_is_tested_both_ways()
    {
        Assert.True(RuleFiles.AlertTexts.Count >= 34, "alerts are missing");
        Assert.Distinct(RuleFiles.AlertTexts.Select(alert => alert.Name));
        Assert.All(RuleFiles.AlertTexts, alert =>
        {
            Assert.StartsWith("FlyMQ", alert.Name, StringComparison.Ordinal);
            Assert.Contains(alert.Severity, new[] { "critical", "warning" });
            Assert.NotEmpty(alert.Summary);
            Assert.Matches(@".+\. Runbook: .+\.$", alert.Description);
            Assert.Contains($"alertname: {alert.Name}\n        exp_alerts: []\n", RuleFiles.AlertTests, StringComparison.Ordinal);
            Assert.Contains($"alertname: {alert.Name}\n        exp_alerts:\n", RuleFiles.AlertTests, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void The_documentation_lists_every_alert_and_no_other()
    {
        var documentation = File.ReadAllText(Path.Combine(SuiteEnvironment.RepositoryRoot, "docs/observability.md"));
        var listed = documentation.Split('\n').Where(line => line.StartsWith("| `FlyMQ", StringComparison.Ordinal)).Select(line => line.Split('|')[1..3].Select(cell => cell.Trim().Trim('`')));
        Assert.Equal(
            RuleFiles.AlertTexts.Select(alert => $"{alert.Name} {alert.Severity}").Order(StringComparer.Ordinal),
            listed.Select(cells => string.Join(' ', cells)).Order(StringComparer.Ordinal));
    }

    private static Task<ProgramRun> RunAsync(string promtool, string folder, params string[] arguments) => ProgramRun.OfAsync(promtool, arguments, folder: folder);
}
