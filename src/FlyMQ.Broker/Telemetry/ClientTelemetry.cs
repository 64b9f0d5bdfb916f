using FlyMQ.Broker.Dispatch;
using FlyMQ.Broker.Telemetry.Otlp;
using FlyMQ.Metadata;
using FlyMQ.Protocol;
using FlyMQ.Protocol.Messages.Telemetry;
using FlyMQ.Records;
using Microsoft.Extensions.Logging;

namespace FlyMQ.Broker.Telemetry;

/// <summary>
/// Clients' own metrics (KIP-714): who is asked for what, what they said last, and what is passed on. One lock over all clients, held for memory only: a client comes
/// by once in minutes. Without subscriptions clients ask once in five minutes and are asked for nothing.
/// </summary>
/// <remarks>
/// A push says everything anew, so what it does not say leaves. We ask for totals, not for differences since the last push: a push that is lost or comes twice then
/// does no harm, and totals are what a page of metrics shows.
/// </remarks>
public sealed class ClientTelemetry
{
    private readonly IMetadataQuorum _metadata;
    private readonly TelemetryLimits _limits;
    private readonly int _nodeId;
    private readonly IClientMetricsForwarder? _forwarder;
    private readonly TimeProvider _time;
    private readonly Func<Guid> _newId;
    private readonly TelemetryEvents _events;
    private readonly Lock _lock = new();
    private readonly ClientInstances _clients;
    private readonly TelemetryCounters _counters = new();
    private TelemetrySubscriptions _subscriptions = TelemetrySubscriptions.None;
    private object? _subscriptionsOf;

    internal ClientTelemetry(
        IMetadataQuorum metadata, TelemetryLimits limits, int nodeId, IClientMetricsForwarder? forwarder, TimeProvider time, Func<Guid> newId, ILoggerFactory loggers)
    {
        _metadata = metadata;
        _limits = limits;
        _nodeId = nodeId;
        _forwarder = forwarder;
        _time = time;
        _newId = newId;
        _events = new TelemetryEvents(loggers.CreateLogger("FlyMQ.Telemetry"));
        _clients = new ClientInstances(limits.MaxClients, time);
    }

    /// <summary>As they are now.</summary>
    public TelemetryCounters Counters
    {
        get
        {
            lock (_lock)
            {
                return _counters with { };
            }
        }
    }

    /// <summary>Every client that is remembered, with what it said last.</summary>
    public IReadOnlyList<ClientFigures> Clients()
    {
        lock (_lock)
        {
            _clients.Expire(_time.GetTimestamp());
            return [.. _clients.All.Select(c => new ClientFigures(c.Identity, c.GroupId, c.IsTerminating, c.Series))];
        }
    }

    /// <summary>What a client is asked for.</summary>
    internal GetTelemetrySubscriptionsResponse Subscribe(GetTelemetrySubscriptionsRequest request, RequestContext context)
    {
        var now = _time.GetTimestamp();
        lock (_lock)
        {
            var client = Hear(request.ClientInstanceId == Guid.Empty ? _newId() : request.ClientInstanceId, context, now);
            if (!client.MayAsk(now))
            {
                _counters.Throttled++;
                return new GetTelemetrySubscriptionsResponse { ErrorCode = ErrorCode.ThrottlingQuotaExceeded };
            }

            return new GetTelemetrySubscriptionsResponse
            {
                ClientInstanceId = client.Identity.InstanceId,
                SubscriptionId = client.SubscriptionId,
                RequestedMetrics = [.. client.Wanted.Prefixes],
                // The one that is liked best comes first, as in Kafka.
                AcceptedCompressionTypes = [(sbyte)CompressionType.Zstd, (sbyte)CompressionType.Lz4, (sbyte)CompressionType.Gzip, (sbyte)CompressionType.Snappy],
                PushIntervalMs = client.Wanted.IntervalMs,
                TelemetryMaxBytes = _limits.MaxBytes,
                DeltaTemporality = false,
            };
        }
    }

    /// <summary>Takes what a client says of itself.</summary>
    internal async ValueTask<ErrorCode> PushAsync(PushTelemetryRequest request, RequestContext context)
    {
        var (error, client) = Judge(request, context);
        if (error == ErrorCode.None)
        {
            // Up to a megabyte of compressed bytes: not on the connection's thread.
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            error = Take(request, client!);
        }

        if (error != ErrorCode.None)
        {
            _events.Refused(context.ClientId, KafkaUuid.ToText(request.ClientInstanceId), context.Client.Host, error);
        }

        return error;
    }

    private (ErrorCode Error, ClientInstance? Client) Judge(PushTelemetryRequest request, RequestContext context)
    {
        var now = _time.GetTimestamp();
        lock (_lock)
        {
            if (IsReserved(request.ClientInstanceId))
            {
                _counters.InvalidRequest++;
                return (ErrorCode.InvalidRequest, null);
            }

            var client = Hear(request.ClientInstanceId, context, now);
            var error = Judge(request, client, now);
            client.Pushed(error);
            if (request.Terminating)
            {
                client.Terminate(now);
            }

            return (error, client);
        }
    }

    // In Kafka's order.
    private ErrorCode Judge(PushTelemetryRequest request, ClientInstance client, long now)
    {
        if (client.IsTerminating)
        {
            _counters.InvalidRequest++;
            return ErrorCode.InvalidRequest;
        }

        if (!client.MayPush(now) && !request.Terminating)
        {
            _counters.Throttled++;
            return ErrorCode.ThrottlingQuotaExceeded;
        }

        if (request.SubscriptionId != client.SubscriptionId)
        {
            _counters.UnknownSubscription++;
            return ErrorCode.UnknownSubscriptionId;
        }

        if (request.CompressionType is < (sbyte)CompressionType.None or > (sbyte)CompressionType.Zstd)
        {
            _counters.UnsupportedCompression++;
            return ErrorCode.UnsupportedCompressionType;
        }

        if (request.Metrics.Length > _limits.MaxBytes)
        {
            _counters.TooLarge++;
            return ErrorCode.TelemetryTooLarge;
        }

        return ErrorCode.None;
    }

    private ErrorCode Take(PushTelemetryRequest request, ClientInstance client)
    {
        WantedMetrics wanted;
        lock (_lock)
        {
            wanted = client.Wanted;
        }

        using var data = new PooledBuffer(_limits.MaxBytes);
        var pushed = new PushedMetrics(wanted.Prefixes, _limits.MaxSeriesPerClient);
        var error = Decode(request, data, pushed);
        lock (_lock)
        {
            client.Pushed(error);
            _counters.TooLarge += error == ErrorCode.TelemetryTooLarge ? 1 : 0;
            _counters.Malformed += error == ErrorCode.InvalidRecord ? 1 : 0;
            if (error != ErrorCode.None)
            {
                return error;
            }

            Show(client, wanted, pushed);
            _counters.Pushes++;
            _counters.Bytes += request.Metrics.Length;
        }

        if (_forwarder is not null && wanted.Prefixes.Count > 0 && data.Length > 0)
        {
            Forward(_forwarder, data.WrittenSpan, client.Identity);
        }

        return ErrorCode.None;
    }

    private static ErrorCode Decode(PushTelemetryRequest request, PooledBuffer data, PushedMetrics pushed)
    {
        // No bytes are a message without fields, whatever the codec.
        if (request.Metrics.Length == 0)
        {
            return ErrorCode.None;
        }

        return RecordCompression.TryDecompress((CompressionType)request.CompressionType, request.Metrics, data) switch
        {
            RecordBatchFault.None => MetricsDataReader.TryRead(data.WrittenSpan, pushed) ? ErrorCode.None : ErrorCode.InvalidRecord,
            // Not malformed, which would stop the client's telemetry for good: it may say less the next time.
            RecordBatchFault.DecompressionLimitExceeded => ErrorCode.TelemetryTooLarge,
            _ => ErrorCode.InvalidRecord,
        };
    }

    private void Show(ClientInstance client, WantedMetrics wanted, PushedMetrics pushed)
    {
        // Somebody may have forgotten it in the meantime, or asked it for something else.
        if (!_clients.TryFind(client.Identity.InstanceId, out var present) || present != client || client.Wanted != wanted)
        {
            return;
        }

        // One series says who it is.
        var room = _limits.MaxSeries - (_clients.SeriesCount - client.SeriesCount) - 1;
        _clients.Change(client, c => _counters.PointsPastLimit += c.Show(pushed, room));
        _counters.PointsUnasked += pushed.Unasked;
        _counters.PointsRepeated += pushed.Repeated;
        _counters.PointsPastClientLimit += pushed.PastLimit;
    }

    private void Forward(IClientMetricsForwarder forwarder, ReadOnlySpan<byte> data, ClientIdentity client)
    {
        // Attributes are added to each resource, and a client may send many empty ones: what they make of it is bounded too.
        if (IdentifiedMetrics.Write(data, client, _nodeId, 4 * _limits.MaxBytes) is { } identified)
        {
            forwarder.Forward(identified);
        }
        else
        {
            forwarder.TooLarge();
        }
    }

    private ClientInstance Hear(Guid id, RequestContext context, long now)
    {
        var image = _metadata.Image;
        if (!ReferenceEquals(image.Configs, _subscriptionsOf))
        {
            _subscriptions = _subscriptions.Of(image);
            _subscriptionsOf = image.Configs;
        }

        var (client, evicted) = _clients.Hear(id, () => ClientIdentity.Of(id, context), _subscriptions, now);
        _counters.Evicted += evicted ? 1 : 0;
        return client;
    }

    // Kafka's reserved uuids: zero, and one, which is the topic of the metadata.
    private static bool IsReserved(Guid id) => id == Guid.Empty || id == new Guid(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);
}
