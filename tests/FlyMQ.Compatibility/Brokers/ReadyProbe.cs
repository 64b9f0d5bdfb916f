using System.Net.Sockets;
using FlyMQ.Compatibility.Wire;

namespace FlyMQ.Compatibility.Brokers;

/// <summary>A broker is up when it answers ApiVersions.</summary>
internal static class ReadyProbe
{
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(15);

    public static async Task WaitAsync(BrokerProcess broker, TimeSpan limit)
    {
        using var end = new CancellationTokenSource(limit);
        while (true)
        {
            try
            {
                using var connection = await RawConnection.OpenAsync(broker.Port, end.Token);
                await connection.SendAsync(Frames.ApiVersions(correlationId: 1), end.Token);
                await connection.ReceiveAsync(end.Token);
                return;
            }
            catch (Exception refused) when (refused is SocketException or IOException && !end.IsCancellationRequested)
            {
                if (!broker.IsRunning)
                {
                    throw new InvalidOperationException($"the broker ended before it served\n{broker.LogTail}");
                }

                await Task.Delay(Between);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"the broker did not serve within {limit.TotalSeconds} s\n{broker.LogTail}");
            }
        }
    }
}
