using System.Buffers;
using System.Globalization;
using FlyMQ.Broker.Tests.Running;
using FlyMQ.Protocol;
using FlyMQ.Protocol.Messages;
using FlyMQ.Protocol.Messages.Cluster;
using FlyMQ.Protocol.Messages.Configs;
using FlyMQ.Protocol.Messages.Data;
using FlyMQ.Protocol.Messages.Groups;
using FlyMQ.Protocol.Messages.Quotas;
using FlyMQ.Protocol.Messages.Security;
using FlyMQ.Protocol.Messages.Telemetry;
using FlyMQ.Protocol.Messages.Topics;
using FlyMQ.Protocol.Messages.Transactions;

namespace FlyMQ.Broker.Tests.Dispatch;

/// <summary>One small request of each API, written for every version, with what its answer has to say.</summary>
internal abstract class Sample
{
    /// <summary>Sends, and judges the answer.</summary>
    public abstract Task AskAsync(Client client, SampleBroker broker, short version);

    public abstract Task SendAsync(Client client, SampleBroker broker, short version);
}

internal static class Samples
{
    private const sbyte TopicResource = 2;

    public static readonly IReadOnlyDictionary<ApiKey, Sample> All = new Dictionary<ApiKey, Sample>
    {
        [ApiKey.Produce] = Of<ProduceRequest, ProduceResponse>(
            (broker, version) => Named(Words.Produce(SampleBroker.Topic, Batches.Of("more"), partition: 1), broker, version),
            (response, broker, version) =>
            {
                var topic = Assert.Single(response.Responses);
                var answer = Assert.Single(topic.PartitionResponses);
                Assert.Equal(version < 3 ? ErrorCode.UnsupportedForMessageFormat : ErrorCode.None, answer.ErrorCode);
                Assert.Equal(1, answer.Index);
                Assert.Equal(version < 3, answer.BaseOffset < 0);
                Assert.Equal(version < 13 ? (SampleBroker.Topic, Guid.Empty) : ("", broker.TopicId), (topic.Name, topic.TopicId));
            }),
        [ApiKey.Fetch] = Of<FetchRequest, FetchResponse>(
            (broker, version) => Named(Words.Fetch(SampleBroker.Topic, 1), broker, version),
            (response, broker, version) =>
            {
                var topic = Assert.Single(response.Responses);
                var answer = Assert.Single(topic.Partitions);
                Assert.Equal(version < 13 ? (SampleBroker.Topic, Guid.Empty) : ("", broker.TopicId), (topic.Topic, topic.TopicId));
                if (version < 4)
                {
                    Assert.Equal(ErrorCode.UnsupportedForMessageFormat, answer.ErrorCode);
                    return;
                }

                Assert.Equal((ErrorCode.None, 3L), (answer.ErrorCode, answer.HighWatermark));
                Assert.Equal(["a", "b", "c"], answer.Values());
            }),
        [ApiKey.ListOffsets] = Of<ListOffsetsRequest, ListOffsetsResponse>(
            (_, _) => new ListOffsetsRequest { ReplicaId = -1, Topics = [new() { Name = SampleBroker.Topic, Partitions = [new() { PartitionIndex = 0, Timestamp = -1 }] }] },
            (response, _, version) =>
            {
                var answer = Assert.Single(Assert.Single(response.Topics).Partitions);
                Assert.Equal(ErrorCode.None, answer.ErrorCode);
                Assert.Equal(3, version == 0 ? Assert.Single(answer.OldStyleOffsets) : answer.Offset);
            }),
        [ApiKey.Metadata] = Of<MetadataRequest, MetadataResponse>(
            (_, _) => new MetadataRequest { Topics = [new() { Name = SampleBroker.Topic }] },
            (response, broker, version) =>
            {
                var topic = Assert.Single(response.Topics);
                Assert.Equal((ErrorCode.None, SampleBroker.Topic, 2), (topic.ErrorCode, topic.Name, topic.Partitions.Count));
                Assert.Equal(version < 10 ? Guid.Empty : broker.TopicId, topic.TopicId);
                Assert.All(topic.Partitions, p => Assert.Equal(TestBroker.NodeId, p.LeaderId));
                var node = Assert.Single(response.Brokers);
                Assert.Equal((TestBroker.NodeId, "broker.test", broker.Address.Port), (node.NodeId, node.Host, node.Port));
                Assert.Equal(version < 1 ? null : "rack-a", node.Rack);
            }),
        [ApiKey.OffsetCommit] = Of<OffsetCommitRequest, OffsetCommitResponse>(
            (broker, version) => new OffsetCommitRequest
            {
                GroupId = "committed-" + Text(version),
                Topics =
                [
                    new()
                    {
                        Name = version < 10 ? SampleBroker.Topic : "",
                        TopicId = version < 10 ? Guid.Empty : broker.TopicId,
                        Partitions = [new() { PartitionIndex = 1, CommittedOffset = 5, CommittedMetadata = "m" }],
                    },
                ],
            },
            (response, broker, version) =>
            {
                var topic = Assert.Single(response.Topics);
                var answer = Assert.Single(topic.Partitions);
                Assert.Equal((ErrorCode.None, 1), (answer.ErrorCode, answer.PartitionIndex));
                Assert.Equal(version < 10 ? (SampleBroker.Topic, Guid.Empty) : ("", broker.TopicId), (topic.Name, topic.TopicId));
            }),
        [ApiKey.OffsetFetch] = Of<OffsetFetchRequest, OffsetFetchResponse>(
            (broker, version) => version < 8
                ? new OffsetFetchRequest { GroupId = SampleBroker.Group, Topics = [new() { Name = SampleBroker.Topic, PartitionIndexes = [0] }] }
                : new OffsetFetchRequest
                {
                    Groups =
                    [
                        new()
                        {
                            GroupId = SampleBroker.Group,
                            Topics = [new() { Name = version < 10 ? SampleBroker.Topic : "", TopicId = version < 10 ? Guid.Empty : broker.TopicId, PartitionIndexes = [0] }],
                        },
                    ],
                },
            (response, _, version) => Assert.Equal(
                2,
                version < 8
                    ? Assert.Single(Assert.Single(response.Topics).Partitions).CommittedOffset
                    : Assert.Single(Assert.Single(Assert.Single(response.Groups).Topics).Partitions).CommittedOffset)),
        [ApiKey.FindCoordinator] = Of<FindCoordinatorRequest, FindCoordinatorResponse>(
            (_, version) => version < 4 ? new FindCoordinatorRequest { Key = SampleBroker.Group } : new FindCoordinatorRequest { CoordinatorKeys = [SampleBroker.Group] },
            (response, broker, version) =>
            {
                var found = version < 4
                    ? (response.ErrorCode, response.NodeId, response.Host, response.Port)
                    : Assert.Single(response.Coordinators) is var only ? (only.ErrorCode, only.NodeId, only.Host, only.Port) : default;
                Assert.Equal((ErrorCode.None, TestBroker.NodeId, "broker.test", broker.Address.Port), found);
            }),
        [ApiKey.JoinGroup] = Of<JoinGroupRequest, JoinGroupResponse>(
            (_, version) => new JoinGroupRequest
            {
                GroupId = "joined-" + Text(version), SessionTimeoutMs = 10_000, RebalanceTimeoutMs = 10_000, ProtocolType = "consumer", Protocols = [new() { Name = "range" }],
            },
            (response, _, version) =>
            {
                Assert.Equal(version < 4 ? ErrorCode.None : ErrorCode.MemberIdRequired, response.ErrorCode);
                Assert.StartsWith(Client.Id, response.MemberId, StringComparison.Ordinal);
                Assert.Equal(version < 4 ? response.MemberId : "", response.Leader);
            }),
        [ApiKey.Heartbeat] = Of<HeartbeatRequest, HeartbeatResponse>(
            (_, _) => new HeartbeatRequest { GroupId = "nobody", MemberId = "nobody", GenerationId = 1 },
            (response, _, _) => Assert.Equal(ErrorCode.UnknownMemberId, response.ErrorCode)),
        [ApiKey.LeaveGroup] = Of<LeaveGroupRequest, LeaveGroupResponse>(
            (_, version) => version < 3
                ? new LeaveGroupRequest { GroupId = "nobody", MemberId = "nobody" }
                : new LeaveGroupRequest { GroupId = "nobody", Members = [new() { MemberId = "nobody" }] },
            (response, _, version) => Assert.Equal(ErrorCode.UnknownMemberId, version < 3 ? response.ErrorCode : Assert.Single(response.Members).ErrorCode)),
        [ApiKey.SyncGroup] = Of<SyncGroupRequest, SyncGroupResponse>(
            (_, _) => new SyncGroupRequest { GroupId = "nobody", MemberId = "nobody", GenerationId = 1, ProtocolType = "consumer", ProtocolName = "range" },
            (response, _, _) => Assert.Equal(ErrorCode.UnknownMemberId, response.ErrorCode)),
        [ApiKey.DescribeGroups] = Of<DescribeGroupsRequest, DescribeGroupsResponse>(
            (_, _) => new DescribeGroupsRequest { Groups = ["nobody"] },
            (response, _, version) =>
            {
                var group = Assert.Single(response.Groups);
                Assert.Equal(("nobody", "Dead", version < 6 ? ErrorCode.None : ErrorCode.GroupIdNotFound), (group.GroupId, group.GroupState, group.ErrorCode));
            }),
        [ApiKey.ListGroups] = Of<ListGroupsRequest, ListGroupsResponse>(
            (_, _) => new ListGroupsRequest(),
            (response, _, version) =>
            {
                Assert.Equal(ErrorCode.None, response.ErrorCode);
                var group = Assert.Single(response.Groups, g => g.GroupId == SampleBroker.Group);
                Assert.Equal(version < 4 ? "" : "Empty", group.GroupState);
            }),
        [ApiKey.DeleteGroups] = Of<DeleteGroupsRequest, DeleteGroupsResponse>(
            (_, _) => new DeleteGroupsRequest { GroupsNames = ["nobody"] },
            (response, _, _) => Assert.Equal(ErrorCode.GroupIdNotFound, Assert.Single(response.Results).ErrorCode)),
        [ApiKey.OffsetDelete] = Of<OffsetDeleteRequest, OffsetDeleteResponse>(
            (_, _) => new OffsetDeleteRequest { GroupId = "nobody", Topics = [new() { Name = SampleBroker.Topic, Partitions = [new() { PartitionIndex = 0 }] }] },
            (response, _, _) => Assert.Equal(ErrorCode.GroupIdNotFound, response.ErrorCode)),
        [ApiKey.SaslHandshake] = Of<SaslHandshakeRequest, SaslHandshakeResponse>(
            (_, _) => new SaslHandshakeRequest { Mechanism = "PLAIN" },
            (response, _, _) => Assert.Equal(ErrorCode.IllegalSaslState, response.ErrorCode)),
        [ApiKey.ApiVersions] = Of<ApiVersionsRequest, ApiVersionsResponse>(
            (_, _) => new ApiVersionsRequest { ClientSoftwareName = "test", ClientSoftwareVersion = "1" },
            (response, _, _) => Assert.Equal(ErrorCode.None, response.ErrorCode)),
        [ApiKey.CreateTopics] = Of<CreateTopicsRequest, CreateTopicsResponse>(
            (_, version) => new CreateTopicsRequest { Topics = [new() { Name = "created-" + Text(version), NumPartitions = 1, ReplicationFactor = 1 }] },
            (response, _, version) =>
            {
                var created = Assert.Single(response.Topics);
                Assert.Equal(("created-" + Text(version), ErrorCode.None), (created.Name, created.ErrorCode));
                Assert.Equal(version < 5 ? -1 : 1, created.NumPartitions);
                Assert.Equal(version < 7, created.TopicId == Guid.Empty);
            }),
        [ApiKey.DeleteTopics] = Of<DeleteTopicsRequest, DeleteTopicsResponse>(
            (_, version) => version < 6 ? new DeleteTopicsRequest { TopicNames = ["nothing"] } : new DeleteTopicsRequest { Topics = [new() { Name = "nothing" }] },
            (response, _, _) =>
            {
                var answer = Assert.Single(response.Responses);
                Assert.Equal(("nothing", ErrorCode.UnknownTopicOrPartition), (answer.Name, answer.ErrorCode));
            }),
        [ApiKey.DeleteRecords] = Of<DeleteRecordsRequest, DeleteRecordsResponse>(
            (_, _) => new DeleteRecordsRequest { Topics = [new() { Name = SampleBroker.Topic, Partitions = [new() { PartitionIndex = 0, Offset = 0 }] }] },
            (response, _, _) =>
            {
                var answer = Assert.Single(Assert.Single(response.Topics).Partitions);
                Assert.Equal((ErrorCode.None, 0L), (answer.ErrorCode, answer.LowWatermark));
            }),
        [ApiKey.InitProducerId] = Of<InitProducerIdRequest, InitProducerIdResponse>(
            (_, _) => new InitProducerIdRequest { TransactionTimeoutMs = 1000 },
            (response, _, _) => Assert.Equal((ErrorCode.None, true, (short)0), (response.ErrorCode, response.ProducerId >= 0, response.ProducerEpoch))),
        [ApiKey.OffsetForLeaderEpoch] = Of<OffsetForLeaderEpochRequest, OffsetForLeaderEpochResponse>(
            (_, _) => new OffsetForLeaderEpochRequest { Topics = [new() { Topic = SampleBroker.Topic, Partitions = [new() { Partition = 0, LeaderEpoch = 0 }] }] },
            (response, _, version) =>
            {
                var answer = Assert.Single(Assert.Single(response.Topics).Partitions);
                Assert.Equal((ErrorCode.None, 3L, version < 1 ? -1 : 0), (answer.ErrorCode, answer.EndOffset, answer.LeaderEpoch));
            }),
        [ApiKey.DescribeAcls] = Of<DescribeAclsRequest, DescribeAclsResponse>(
            (_, _) => new DescribeAclsRequest { ResourceTypeFilter = 1, Operation = 1, PermissionType = 1 },
            (response, _, _) => Assert.Equal(ErrorCode.SecurityDisabled, response.ErrorCode)),
        [ApiKey.DescribeConfigs] = Of<DescribeConfigsRequest, DescribeConfigsResponse>(
            (_, version) => new DescribeConfigsRequest
            {
                Resources = [new() { ResourceType = TopicResource, ResourceName = SampleBroker.Topic, ConfigurationKeys = ["retention.ms"] }], IncludeSynonyms = version >= 1,
            },
            (response, _, version) =>
            {
                var result = Assert.Single(response.Results);
                var config = Assert.Single(result.Configs);
                Assert.Equal((ErrorCode.None, "retention.ms", "604800000"), (result.ErrorCode, config.Name, config.Value));
                Assert.Equal(version < 1, config.IsDefault);
                Assert.Equal(version < 1 ? -1 : 5, config.ConfigSource);
                Assert.Equal(version < 3 ? 0 : 5, config.ConfigType);
            }),
        [ApiKey.AlterConfigs] = Of<AlterConfigsRequest, AlterConfigsResponse>(
            (_, _) => new AlterConfigsRequest
            {
                Resources = [new() { ResourceType = TopicResource, ResourceName = SampleBroker.Topic, Configs = [new() { Name = "flush.ms", Value = "1000" }] }], ValidateOnly = true,
            },
            (response, _, _) => Assert.Equal(ErrorCode.None, Assert.Single(response.Responses).ErrorCode)),
        [ApiKey.IncrementalAlterConfigs] = Of<IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse>(
            (_, _) => new IncrementalAlterConfigsRequest
            {
                Resources = [new() { ResourceType = TopicResource, ResourceName = SampleBroker.Topic, Configs = [new() { Name = "flush.ms", Value = "1000" }] }], ValidateOnly = true,
            },
            (response, _, _) => Assert.Equal(ErrorCode.None, Assert.Single(response.Responses).ErrorCode)),
        [ApiKey.ListConfigResources] = Of<ListConfigResourcesRequest, ListConfigResourcesResponse>(
            (_, _) => new ListConfigResourcesRequest(),
            (response, _, version) =>
            {
                Assert.Equal(ErrorCode.None, response.ErrorCode);
                Assert.Equal(version > 0, response.ConfigResources.Exists(r => r.ResourceType == TopicResource && r.ResourceName == SampleBroker.Topic));
            }),
        [ApiKey.DescribeLogDirs] = Of<DescribeLogDirsRequest, DescribeLogDirsResponse>(
            (_, _) => new DescribeLogDirsRequest { Topics = [new() { Topic = SampleBroker.Topic, Partitions = [0] }] },
            (response, _, version) =>
            {
                var folder = Assert.Single(response.Results);
                Assert.Equal(ErrorCode.None, folder.ErrorCode);
                Assert.True(Assert.Single(Assert.Single(folder.Topics).Partitions).PartitionSize > 0);
                Assert.Equal(version >= 4, folder.TotalBytes > 0);
            }),
        [ApiKey.CreatePartitions] = Of<CreatePartitionsRequest, CreatePartitionsResponse>(
            (_, _) => new CreatePartitionsRequest { Topics = [new() { Name = SampleBroker.Topic, Count = 3 }], ValidateOnly = true },
            (response, _, _) => Assert.Equal(ErrorCode.None, Assert.Single(response.Results).ErrorCode)),
        [ApiKey.ElectLeaders] = Of<ElectLeadersRequest, ElectLeadersResponse>(
            (_, _) => new ElectLeadersRequest { TopicPartitions = [new() { Topic = SampleBroker.Topic, Partitions = [0] }] },
            (response, _, _) => Assert.Equal(ErrorCode.ElectionNotNeeded, Assert.Single(Assert.Single(response.ReplicaElectionResults).PartitionResult).ErrorCode)),
        [ApiKey.ListPartitionReassignments] = Of<ListPartitionReassignmentsRequest, ListPartitionReassignmentsResponse>((_, _) => new ListPartitionReassignmentsRequest(), (response, _, _) => Assert.Empty(response.Topics)),
        [ApiKey.DescribeClientQuotas] = Of<DescribeClientQuotasRequest, DescribeClientQuotasResponse>((_, _) => new DescribeClientQuotasRequest(), (response, _, _) => Assert.Empty(response.Entries!)),
        [ApiKey.DescribeUserScramCredentials] = Of<DescribeUserScramCredentialsRequest, DescribeUserScramCredentialsResponse>(
            (_, _) => new DescribeUserScramCredentialsRequest { Users = [new() { Name = "anna" }] },
            (response, _, _) => Assert.Equal(ErrorCode.ResourceNotFound, Assert.Single(response.Results).ErrorCode)),
        [ApiKey.DescribeQuorum] = Of<DescribeQuorumRequest, DescribeQuorumResponse>(
            (_, _) => new DescribeQuorumRequest { Topics = [new() { TopicName = "__cluster_metadata", Partitions = [new()] }] },
            (response, _, _) => Assert.Equal(TestBroker.NodeId, Assert.Single(Assert.Single(response.Topics).Partitions).LeaderId)),
        [ApiKey.DescribeCluster] = Of<DescribeClusterRequest, DescribeClusterResponse>(
            (_, _) => new DescribeClusterRequest(),
            (response, broker, _) =>
            {
                var node = Assert.Single(response.Brokers);
                Assert.Equal((TestBroker.NodeId, broker.Address.Port, "rack-a"), (node.BrokerId, node.Port, node.Rack));
                Assert.Equal((ErrorCode.None, TestBroker.NodeId), (response.ErrorCode, response.ControllerId));
            }),
        [ApiKey.DescribeProducers] = Of<DescribeProducersRequest, DescribeProducersResponse>(
            (_, _) => new DescribeProducersRequest { Topics = [new() { Name = SampleBroker.Topic, PartitionIndexes = [0] }] },
            (response, _, _) => Assert.Equal(ErrorCode.None, Assert.Single(Assert.Single(response.Topics).Partitions).ErrorCode)),
        [ApiKey.DescribeTopicPartitions] = Of<DescribeTopicPartitionsRequest, DescribeTopicPartitionsResponse>(
            (_, _) => new DescribeTopicPartitionsRequest { Topics = [new() { Name = SampleBroker.Topic }] },
            (response, broker, _) => Assert.Equal((broker.TopicId, 2), Assert.Single(response.Topics) is var topic ? (topic.TopicId, topic.Partitions.Count) : default)),
        [ApiKey.GetTelemetrySubscriptions] = Of<GetTelemetrySubscriptionsRequest, GetTelemetrySubscriptionsResponse>(
            (_, _) => new GetTelemetrySubscriptionsRequest(),
            (response, _, _) => Assert.True(response.ErrorCode == ErrorCode.None && response.ClientInstanceId != Guid.Empty && response.RequestedMetrics.Count == 0)),
        [ApiKey.PushTelemetry] = Of<PushTelemetryRequest, PushTelemetryResponse>(
            (_, _) => new PushTelemetryRequest { ClientInstanceId = Guid.NewGuid(), SubscriptionId = 1, Metrics = [1, 2, 3] },
            (response, _, _) => Assert.Equal(ErrorCode.UnknownSubscriptionId, response.ErrorCode)),
    };

    private static ProduceRequest Named(ProduceRequest request, SampleBroker broker, short version)
    {
        foreach (var topic in request.TopicData.Where(_ => version >= 13))
        {
            (topic.Name, topic.TopicId) = ("", broker.TopicId);
        }

        return request;
    }

    private static FetchRequest Named(FetchRequest request, SampleBroker broker, short version)
    {
        foreach (var topic in request.Topics.Where(_ => version >= 13))
        {
            (topic.Topic, topic.TopicId) = ("", broker.TopicId);
        }

        return request;
    }

    private static string Text(short version) => version.ToString(CultureInfo.InvariantCulture);

    private static Sample Of<TRequest, TResponse>(Func<SampleBroker, short, TRequest> request, Action<TResponse, SampleBroker, short> check)
        where TRequest : class, IRequestMessage<TRequest, TResponse>
        where TResponse : class, IResponseMessage<TResponse> => new Typed<TRequest, TResponse>(request, check);

    private sealed class Typed<TRequest, TResponse>(Func<SampleBroker, short, TRequest> request, Action<TResponse, SampleBroker, short> check) : Sample
        where TRequest : class, IRequestMessage<TRequest, TResponse>
        where TResponse : class, IResponseMessage<TResponse>
    {
        public override async Task AskAsync(Client client, SampleBroker broker, short version) => check(await client.AskAsync<TRequest, TResponse>(request(broker, version), version), broker, version);

        public override Task SendAsync(Client client, SampleBroker broker, short version) => client.SendAsync<TRequest, TResponse>(request(broker, version), version);
    }
}
