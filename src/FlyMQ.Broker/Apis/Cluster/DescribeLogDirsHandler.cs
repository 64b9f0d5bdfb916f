using FlyMQ.Broker.Dispatch;
using FlyMQ.Partitions;
using FlyMQ.Protocol;
using FlyMQ.Protocol.Messages.Cluster;

namespace FlyMQ.Broker.Apis.Cluster;

/// <summary>DescribeLogDirs (KIP-113): how large the partitions of this node are. There is one folder.</summary>
internal sealed class DescribeLogDirsHandler(PartitionSet partitions, DataFolderSpace space) : IApiHandler<DescribeLogDirsRequest, DescribeLogDirsResponse>
{
    public ValueTask<DescribeLogDirsResponse> HandleAsync(DescribeLogDirsRequest request, RequestContext context)
    {
        var asked = request.Topics?.SelectMany(t => t.Partitions.Select(p => (t.Topic, p))).ToHashSet();
        var (totalBytes, usableBytes) = space.Measure();
        return ValueTask.FromResult(new DescribeLogDirsResponse
        {
            Results =
            [
                new DescribeLogDirsResponse.DescribeLogDirsResult
                {
                    ErrorCode = ErrorCode.None,
                    LogDir = space.Folder,
                    TotalBytes = totalBytes,
                    UsableBytes = usableBytes,
                    Topics =
                    [
                        .. from partition in partitions.All
                           where asked is null || asked.Contains((partition.Topic, partition.Id.Partition))
                           group partition by partition.Topic into topic
                           orderby topic.Key
                           select new DescribeLogDirsResponse.DescribeLogDirsTopic
                           {
                               Name = topic.Key,
                               Partitions =
                               [
                                   .. topic.OrderBy(p => p.Id.Partition).Select(p => new DescribeLogDirsResponse.DescribeLogDirsPartition
                                   {
                                       PartitionIndex = p.Id.Partition, PartitionSize = p.Log.SizeInBytes,
                                   }),
                               ],
                           },
                    ],
                },
            ],
        });
    }
}

/// <summary>The data folder, and the room of the file system that holds it.</summary>
internal sealed record DataFolderSpace(string Folder)
{
    public (long TotalBytes, long UsableBytes) Measure()
    {
        var drive = new DriveInfo(Folder);
        return (drive.TotalSize, drive.AvailableFreeSpace);
    }
}
