namespace FlyMQ.Metadata.Commands;

/// <summary>What a command is, as numbered in the log: numbers are never reused.</summary>
internal enum CommandType
{
    InitializeCluster = 1,
    RegisterBroker = 2,
    ChangeBrokerState = 3,
    UnregisterBroker = 4,
    CreateTopics = 5,
    DeleteTopics = 6,
    CreatePartitions = 7,
    AlterConfigs = 8,
    AllocateProducerIds = 9,
    AlterPartition = 10,
    ElectLeaders = 11,
}
