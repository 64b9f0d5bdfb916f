using System.Net;
using System.Net.Sockets;
using System.Text;
using FlyMQ.Server.Logging;
using FlyMQ.Server.Options;
using FlyMQ.Server.Running;
using FlyMQ.Server.Tests.Health;

namespace FlyMQ.Server.Tests.Running;

public sealed class BrokerProcessTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly StringWriter _output = new() { NewLine = "\n" };
    private readonly MemoryStream _log = new();
    private readonly TaskCompletionSource<string> _asked = new();

    private BrokerOptions Options => new()
    {
        DataDir = Path.Combine(_folder.Path, "data"),
        Logging = new LoggingOptions(),
        Health = new HealthOptions { Listen = new ListenAddress("localhost", 0) },
    };

    public void Dispose()
    {
        _folder.Dispose();
        _output.Dispose();
        _log.Dispose();
    }

    [Fact]
    public async Task A_signal_drains_the_broker_and_ends_with_0()
    {
        var broker = new FakeBroker();
        var (code, log) = await Run(Options, (_, _, _, _) =>
        {
            _asked.SetResult("SIGTERM");
            return Task.FromResult<IRunningBroker>(broker);
        });
        Assert.Equal(0, code);
        Assert.Equal(1, broker.Stops);
        Assert.True(broker.Disposed);
        Assert.Contains("SIGTERM: answering the requests in flight", log, StringComparison.Ordinal);
        Assert.Contains("Stopped cleanly after", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_drain_that_takes_too_long_is_abandoned_with_1()
    {
        var broker = new FakeBroker { OnStop = _ => new TaskCompletionSource().Task };
        _asked.SetResult("SIGINT");
        var (code, log) = await Run(Options with { Shutdown = new ShutdownOptions { TimeoutMs = 20 } }, (_, _, _, _) => Task.FromResult<IRunningBroker>(broker));
        Assert.Equal(1, code);
        Assert.Contains("Not closed within 20 ms", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broker_that_cannot_go_on_ends_the_process_with_its_reason_and_1()
    {
        var broker = new FakeBroker();
        broker.Fail("the disk is gone");
        var (code, log) = await Run(Options, (_, _, _, _) => Task.FromResult<IRunningBroker>(broker));
        Assert.Equal(1, code);
        Assert.Equal(0, broker.Stops);
        Assert.Contains("crit  Server: The broker cannot go on and ends: the disk is gone", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_signal_during_the_start_abandons_it()
    {
        var (code, _) = await Run(Options, async (_, _, _, cancellation) =>
        {
            _asked.SetResult("SIGTERM");
            await Task.Delay(Timeout.Infinite, cancellation);
            return new FakeBroker();
        });
        Assert.Equal(0, code);
    }

    [Fact]
    public async Task The_banner_says_where_it_is_and_what_to_type_and_json_logs_have_none()
    {
        _asked.SetResult("SIGTERM");
        await Run(Options, (_, _, _, _) => Task.FromResult<IRunningBroker>(new FakeBroker()));
        var banner = _output.ToString();
        Assert.Contains("clients    localhost:19092  (on 127.0.0.1:19092, [::1]:19092)", banner, StringComparison.Ordinal);
        Assert.Contains("metrics    http://localhost:9094/metrics", banner, StringComparison.Ordinal);
        Assert.DoesNotContain("http://localhost:0", banner, StringComparison.Ordinal);
        Assert.Contains($"data       {Options.DataDir}  (sync commit)", banner, StringComparison.Ordinal);
        Assert.Contains("kcat -P -b localhost:19092", banner, StringComparison.Ordinal);

        _output.GetStringBuilder().Clear();
        await Run(Options with { Logging = new LoggingOptions { Format = LogFormat.Json } }, (_, _, _, _) => Task.FromResult<IRunningBroker>(new FakeBroker()));
        Assert.Equal("", _output.ToString());
    }

    [Fact]
    public async Task A_data_folder_that_another_broker_holds_is_refused()
    {
        using var other = DataFolder.Open(Options.DataDir);
        var (code, log) = await Run(Options, (_, _, _, _) => throw new InvalidOperationException("must not start"));
        Assert.Equal(1, code);
        Assert.Contains($"crit  Server: The broker cannot start: The data folder {Options.DataDir} belongs to another broker that runs", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_data_folder_is_free_again_afterwards()
    {
        _asked.SetResult("SIGTERM");
        await Run(Options, (_, _, _, _) => Task.FromResult<IRunningBroker>(new FakeBroker()));
        DataFolder.Open(Options.DataDir).Dispose();
    }

    [Fact]
    public async Task A_data_folder_that_cannot_be_made_is_named()
    {
        var file = Path.Combine(_folder.Path, "file");
        await File.WriteAllTextAsync(file, "");
        var (code, log) = await Run(Options with { DataDir = Path.Combine(file, "data") }, (_, _, _, _) => throw new InvalidOperationException("must not start"));
        Assert.Equal(1, code);
        Assert.Contains($"The data folder {file}/data cannot be created", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_in_use_is_named_with_its_listener()
    {
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        taken.Listen();
        var port = ((IPEndPoint)taken.LocalEndPoint!).Port;
        var address = new ListenAddress("localhost", port);
        var options = Options with { Listeners = [new ListenerOptions("clients", address, new AdvertisedAddress("localhost", null))] };

        var (code, log) = await Run(options, (_, _, _, _) => throw new IOException("Failed to bind", new SocketException((int)SocketError.AddressAlreadyInUse)));
        Assert.Equal(1, code);
        Assert.Contains($"Port {port} (the listener clients, localhost:{port}) is in use by another process", log, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_start_that_fails_for_its_own_fault_shows_the_stack()
    {
        var (code, log) = await Run(Options, (_, _, _, _) => throw new InvalidOperationException("a defect"));
        Assert.Equal(1, code);
        Assert.Contains("System.InvalidOperationException: a defect", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_service_manager_is_told_ready_and_stopping()
    {
        var path = Path.Combine(_folder.Path, "notify");
        using var manager = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        manager.Bind(new UnixDomainSocketEndPoint(path));
        _asked.SetResult("SIGTERM");
        await Run(Options, (_, _, _, _) => Task.FromResult<IRunningBroker>(new FakeBroker()), path);

        var buffer = new byte[256];
        Assert.Equal("READY=1", Encoding.UTF8.GetString(buffer, 0, manager.Receive(buffer)));
        Assert.Equal("STOPPING=1", Encoding.UTF8.GetString(buffer, 0, manager.Receive(buffer)));
    }

    [Fact]
    public async Task A_service_manager_that_does_not_listen_is_only_a_warning()
    {
        _asked.SetResult("SIGTERM");
        var (code, log) = await Run(Options, (_, _, _, _) => Task.FromResult<IRunningBroker>(new FakeBroker()), "@flymq-nobody-listens-here");
        Assert.Equal(0, code);
        Assert.Contains("warn  Server: The service manager was not told READY=1", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_health_endpoint_answers_from_before_the_start_to_after_the_drain()
    {
        var address = new IPEndPoint(IPAddress.Loopback, FreePort());
        var seen = new List<string>();
        void Look() => seen.Add(Ask.Get(address, "/ready").Body.Split(':')[0]);

        var broker = new FakeBroker
        {
            OnStop = _ =>
            {
                Look();
                return Task.CompletedTask;
            },
            OnDispose = Look,
        };
        var (code, _) = await Run(Options with { Health = new HealthOptions { Listen = new ListenAddress("127.0.0.1", address.Port) } }, (_, _, recovery, _) =>
        {
            Look();
            recovery.Begin();
            _asked.SetResult("SIGTERM");
            return Task.FromResult<IRunningBroker>(broker);
        });
        Assert.Equal(0, code);
        Assert.Equal(["starting", "draining", "draining"], seen);
        Assert.Throws<SocketException>(() => Ask.Get(address, "/live"));
    }

    [Fact]
    public async Task A_health_port_in_use_is_named()
    {
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        taken.Listen();
        var port = ((IPEndPoint)taken.LocalEndPoint!).Port;
        var (code, log) = await Run(
            Options with { Health = new HealthOptions { Listen = new ListenAddress("127.0.0.1", port) } }, (_, _, _, _) => throw new InvalidOperationException("must not start"));
        Assert.Equal(1, code);
        Assert.Contains($"Port {port} (health.listen) is in use by another process", log, StringComparison.Ordinal);
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private async Task<(int Code, string Log)> Run(BrokerOptions options, StartBroker start, string? notifySocket = null)
    {
        int code;
        using (var logs = new BrokerLogs(_log, options.Logging, terminal: false, TimeProvider.System))
        {
            code = await new BrokerProcess(options, [], logs, _output, notifySocket, TimeProvider.System).RunAsync(start, _asked.Task).WaitAsync(TimeSpan.FromSeconds(30));
        }

        return (code, Encoding.UTF8.GetString(_log.ToArray()));
    }
}
