using System.Net;
using DotNext.Buffers;
using DotNext.Net;
using DotNext.Net.Cluster.Consensus.Raft.Membership;

namespace FlyMQ.Metadata.Raft;

/// <summary>The voters as configured, the same on every node. Kept in memory: a single node may move to another port between two starts.</summary>
internal sealed class StaticVoters : InMemoryClusterConfigurationStorage<EndPoint>
{
    public StaticVoters(IEnumerable<EndPoint> voters)
    {
        var initial = CreateInitialConfigurationBuilder();
        initial.UnionWith(voters);
        initial.Build();
    }

    protected override void Encode(EndPoint address, ref BufferWriterSlim<byte> output) => output.WriteEndPoint(address);

    protected override EndPoint Decode(ref SequenceReader reader) => reader.ReadEndPoint();
}
