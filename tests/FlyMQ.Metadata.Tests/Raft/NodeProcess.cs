using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using DotNext.Net.Cluster.Consensus.Raft.StateMachine;
using FlyMQ.Metadata.Commands;
using FlyMQ.Metadata.Raft;
using Microsoft.Extensions.Logging.Abstractions;

namespace FlyMQ.Metadata.Tests.Raft;

/// <summary>
/// A metadata node in a process of its own: <c>node ID FOLDER load|read durable|stock PORT…</c> (ports of nodes 0, 1, 2). While it leads,
/// with <c>load</c> it proposes and prints each acknowledged key; with <c>read</c> it prints every key of the image and <c>END</c>.
/// </summary>
internal static class NodeProcess
{
    private const int Proposers = 96;
    public static readonly ConfigResource Resource = new(ConfigResourceType.Group, "acknowledged");

    public static async Task<int> RunAsync(string[] args)
    {
        var id = int.Parse(args[0], CultureInfo.InvariantCulture);
        var ports = args[4..].Select(port => int.Parse(port, CultureInfo.InvariantCulture)).ToArray();
        var voters = ports.Select((port, node) => KeyValuePair.Create<int, EndPoint>(node, new IPEndPoint(IPAddress.Loopback, port)));
        await using var quorum = await RaftMetadataQuorum.StartAsync(
            new RaftOptions
            {
                NodeId = id,
                Folder = args[1],
                Listen = new IPEndPoint(IPAddress.Loopback, ports[id]),
                Voters = voters.ToImmutableDictionary(),
                SnapshotEveryCommands = 2_000,
            },
            TimeProvider.System,
            NullLoggerFactory.Instance,
            (reason, error) => Environment.FailFast(reason, error),
            args[3] == "stock" ? (o, s) => new WriteAheadLog(o, s) : (o, s) => new DurableLog(o, s),
            CancellationToken.None);

        // The parent ends this process by a signal, or by closing its input.
        var closed = Task.Run(Console.ReadLine);
        var led = false;
        while (!closed.IsCompleted)
        {
            if (quorum.LeaderId == id && !led)
            {
                led = true;
                await (args[2] == "load" ? Task.WhenAll(Enumerable.Range(0, Proposers).Select(p => Propose(quorum, $"{id}-{p}"))) : Print(quorum));
            }

            await Task.WhenAny(closed, Task.Delay(10));
        }

        return 0;
    }

    private static async Task Propose(RaftMetadataQuorum quorum, string name)
    {
        for (var n = 0; quorum.LeaderId == quorum.NodeId; n++)
        {
            var key = $"{name}-{n}";
            var set = new ConfigChange(Resource, ReplaceAll: false, [new ConfigEntryChange(key, ConfigOperation.Set, "1")]);
            var result = await quorum.ProposeAsync(new AlterConfigs(Guid.NewGuid(), [set]));
            if (result.IsOk)
            {
                Console.WriteLine(key);
            }
        }
    }

    private static async Task Print(RaftMetadataQuorum quorum)
    {
        await quorum.ReadBarrierAsync();
        foreach (var key in quorum.Image.ConfigsOf(Resource).Keys)
        {
            Console.WriteLine(key);
        }

        Console.WriteLine("END");
    }
}
