namespace FlyMQ.Compatibility.Clients;

internal interface IProducer : IAsyncDisposable
{
    /// <summary>Sends the records and returns when all are acknowledged (acks=0: handed to the socket).</summary>
    /// <exception cref="ClientError">The first refusal.</exception>
    Task SendAsync(string topic, IReadOnlyList<TestRecord> records);

    /// <summary>Sends <paramref name="count"/> records made by the client itself: key <c>k{n % keys}</c>, value <c>{n}</c>.</summary>
    Task SendManyAsync(string topic, int count, int keys);
}
