using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using FlyMQ.Protocol;
using FlyMQ.Protocol.Messages;
using FlyMQ.Protocol.Messages.Data;
using FlyMQ.Protocol.Messages.Topics;

namespace FlyMQ.Load;

/// <summary>How long a broker takes from exec to its first acknowledged record, and what memory it holds when nothing happens.</summary>
internal sealed class Start(Settings settings, IReadOnlyList<string> command, double idleSeconds)
{
    private const short Version = 9;

    public void Run()
    {
        // The first start makes the folder and the topic; the others find them.
        var first = Measure(create: true);
        List<(double ReadyMs, double RssMiB)> runs = [.. Enumerable.Range(0, 5).Select(_ => Measure(create: false)).OrderBy(r => r.ReadyMs)];
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{first.ReadyMs:F0} ms with an empty folder, topic creation included; then median {runs[2].ReadyMs:F0} ms ({runs[0].ReadyMs:F0} to {runs[4].ReadyMs:F0}); resident after {idleSeconds:F0} s idle: {runs[2].RssMiB:F1} MiB"));
    }

    private (double ReadyMs, double RssMiB) Measure(bool create)
    {
        var frame = Produce.Frames(settings, 0)[0];
        var started = Stopwatch.GetTimestamp();
        using var process = Process.Start(new ProcessStartInfo(command[0], command.Skip(1)) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            while (!TryProduce(frame, create))
            {
                Thread.Sleep(1);
                if (process.HasExited || Stopwatch.GetElapsedTime(started).TotalSeconds > 60)
                {
                    throw new IOException($"{command[0]} does not take records.");
                }
            }

            var readyMs = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
            Thread.Sleep(create ? TimeSpan.Zero : TimeSpan.FromSeconds(idleSeconds));
            return (readyMs, ResidentMiB(process.Id));
        }
        finally
        {
            Process.Start("kill", [process.Id.ToString(CultureInfo.InvariantCulture)]).WaitForExit();
            process.WaitForExit();
        }
    }

    private bool TryProduce(byte[] frame, bool create)
    {
        try
        {
            using var connection = new Connection(settings.Bootstrap);
            if (create)
            {
                var topic = new CreateTopicsRequest.CreatableTopic { Name = settings.Topic, NumPartitions = 1, ReplicationFactor = 1 };
                connection.Ask(new CreateTopicsRequest { Topics = [topic] }, 5);
            }

            connection.Send(frame, 1);
            var response = Frame.ReadResponse<ProduceResponse>(new ReadOnlySequence<byte>(connection.Receive()), Version, out _);
            return response.Responses[0].PartitionResponses[0].ErrorCode == ErrorCode.None;
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            return false;
        }
    }

    private static double ResidentMiB(int process)
    {
        var line = File.ReadLines($"/proc/{process}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) / 1024;
    }
}
