namespace FlyMQ.Load;

internal sealed record Settings(
    string Bootstrap, string Topic, int Partitions, int PartitionsPerRequest, int Connections, int InFlight, short Acks, int BatchRecords, int RecordBytes, double Seconds,
    double WarmupSeconds);
