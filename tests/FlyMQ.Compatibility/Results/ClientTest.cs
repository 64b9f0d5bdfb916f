using System.Reflection;
using FlyMQ.Compatibility.Brokers;

namespace FlyMQ.Compatibility.Results;

/// <summary>Base of all tests with a real client: a failed test shows what the broker said last, and each result counts in docs/clients.md.</summary>
public abstract class ClientTest : IAsyncLifetime
{
    /// <summary>The broker whose log explains a failure, once the test has one.</summary>
    internal BrokerProcess? Observed { get; set; }

    public virtual ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public virtual ValueTask DisposeAsync()
    {
        var outcome = TestContext.Current.TestState?.Result;
        if (outcome == TestResult.Failed && Observed is { } broker)
        {
            TestContext.Current.TestOutputHelper?.WriteLine($"the broker's last lines (port {broker.Port}):\n{broker.LogTail}");
        }

        if (GetType().GetCustomAttribute<ClientAttribute>() is { } client
            && TestContext.Current.TestMethod is Xunit.v3.IXunitTestMethod { Method: var method }
            && method.GetCustomAttribute<CoversAttribute>() is { } covers)
        {
            foreach (var feature in covers.Features)
            {
                ClientTable.Results.Add(client.Name, feature, outcome ?? TestResult.NotRun);
            }
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>A name no other test uses.</summary>
    protected static string Unique(string prefix) => $"{prefix}-{Guid.NewGuid().ToString("n")[..12]}";
}
