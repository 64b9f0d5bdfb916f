using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Threading.Channels;
using FlyMQ.Broker.Dispatch;
using FlyMQ.Protocol.Messages;
using FlyMQ.Protocol.Wire;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace FlyMQ.Broker.Network;

/// <summary>
/// One client's connection. Requests are started in order and answered in order, but several may wait for their durability at once: the receiving side
/// starts them, and hands those that are not answered at once to the answering side. The output belongs to the answering side while it
/// has anything in hand, else to the receiving side.
/// </summary>
internal sealed class ClientConnection
{
    // Smaller requests lie in the connection's receive blocks anyway; only larger ones are counted.
    private const int FreeRequestBytes = BlockPool.BlockBytes;

    /// <summary>So many small answers between two flushes are an exception; those beyond are not asked how long they took to send.</summary>
    private const int MostUnsent = 1024;

    /// <summary>How long a client that has to go may take to read the answers before it.</summary>
    private static readonly TimeSpan LastAnswers = TimeSpan.FromSeconds(1);

    private readonly ConnectionContext _connection;
    private readonly ClientInfo _client;
    private readonly RequestDispatcher _dispatcher;
    private readonly NetworkLimits _limits;
    private readonly RequestMemory _memory;
    private readonly NetworkEvents _events;
    private readonly TimeProvider _time;
    private readonly SlowRequests _slow;
    private readonly Channel<Pending> _pending;
    // Answers in the output that were not flushed yet. Belongs to whom the output belongs.
    private readonly List<RequestContext> _unsent = [];
    private readonly CancellationTokenSource _ending = new();
    private int _inHand;
    private int _handling;
    private int _waitingForMemory;
    private long _lastActive;
    private bool _unflushed;
    private volatile bool _draining;
    private volatile bool _failed;
    private string? _closeReason;

    public ClientConnection(
        ConnectionContext connection, ClientInfo client, RequestDispatcher dispatcher, NetworkLimits limits, RequestMemory memory, SlowRequests slow, NetworkEvents events,
        TimeProvider time)
    {
        _connection = connection;
        _client = client;
        _dispatcher = dispatcher;
        _limits = limits;
        _memory = memory;
        _slow = slow;
        _events = events;
        _time = time;
        _lastActive = time.GetTimestamp();
        _pending = Channel.CreateBounded<Pending>(new BoundedChannelOptions(limits.MaxInFlightRequests) { SingleReader = true, SingleWriter = true });
    }

    public ClientInfo Client => _client;

    /// <summary>Requests that are started and not answered yet.</summary>
    public int InFlight => Volatile.Read(ref _handling) + Volatile.Read(ref _inHand);

    private PipeWriter Output => _connection.Transport.Output;

    /// <summary>Serves the client until one side ends it. Never throws.</summary>
    public async Task RunAsync()
    {
        using var closed = _connection.ConnectionClosed.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), _ending);
        _connection.Features.Get<IConnectionHeartbeatFeature>()?.OnHeartbeat(static state => ((ClientConnection)state).CloseWhenIdle(), this);
        var answering = AnswerAsync();
        try
        {
            await ReceiveAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            Report(e, "receiving");
        }

        _pending.Writer.TryComplete();
        await answering.ConfigureAwait(false);
        if (_closeReason is not null)
        {
            await FlushLastAsync().ConfigureAwait(false);
        }

        await _ending.CancelAsync().ConfigureAwait(false);
        if (_closeReason is not null)
        {
            _connection.Abort(new ConnectionAbortedException(_closeReason));
        }
    }

    /// <summary>No further request is started; those under way are answered, then the connection ends.</summary>
    public void Drain()
    {
        _draining = true;
        _connection.Transport.Input.CancelPendingRead();
    }

    private async Task ReceiveAsync()
    {
        var input = _connection.Transport.Input;
        while (!_draining)
        {
            if (!input.TryRead(out var result))
            {
                await FlushIfMineAsync().ConfigureAwait(false);
                result = await input.ReadAsync().ConfigureAwait(false);
            }

            var arrivedAt = _time.GetTimestamp();
            var buffer = result.Buffer;
            var examined = buffer.End;
            while (!_draining && TryReadSize(buffer, out var size))
            {
                if (buffer.Length < Frame.SizePrefix + size)
                {
                    if (size > FreeRequestBytes)
                    {
                        // The rest of a large request is read only when there is room for it.
                        input.AdvanceTo(buffer.Start, examined);
                        await ReceiveLargeAsync(input, size).ConfigureAwait(false);
                        if (_failed)
                        {
                            return;
                        }

                        goto next;
                    }

                    break;
                }

                await StartAsync(buffer.Slice(Frame.SizePrefix, size), arrivedAt).ConfigureAwait(false);
                buffer = buffer.Slice(Frame.SizePrefix + size);
                if (_failed)
                {
                    return;
                }
            }

            input.AdvanceTo(buffer.Start, examined);
            if (result.IsCompleted)
            {
                if (buffer.Length > 0 && !_draining)
                {
                    throw new CloseConnectionException($"The connection ended in the middle of a request, {buffer.Length} bytes into it.");
                }

                break;
            }

        next:;
        }

        await FlushIfMineAsync().ConfigureAwait(false);
    }

    private async ValueTask ReceiveLargeAsync(PipeReader input, int size)
    {
        // What waits here is ours, not the client's: it does not count as idle.
        Volatile.Write(ref _waitingForMemory, 1);
        await FlushIfMineAsync().ConfigureAwait(false);
        await _memory.AcquireAsync(size, _ending.Token).ConfigureAwait(false);
        Volatile.Write(ref _waitingForMemory, 0);
        try
        {
            var result = await input.ReadAsync().ConfigureAwait(false);
            while (result.Buffer.Length < Frame.SizePrefix + size && !result.IsCompleted && !result.IsCanceled)
            {
                input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
                result = await input.ReadAsync().ConfigureAwait(false);
            }

            if (result.Buffer.Length < Frame.SizePrefix + size)
            {
                var received = result.Buffer.Length;
                input.AdvanceTo(result.Buffer.Start);
                if (_draining)
                {
                    return;
                }

                throw new CloseConnectionException($"The connection ended after {received} of the {Frame.SizePrefix + size} bytes of a request.");
            }

            await StartAsync(result.Buffer.Slice(Frame.SizePrefix, size), _time.GetTimestamp()).ConfigureAwait(false);
            input.AdvanceTo(result.Buffer.GetPosition(Frame.SizePrefix + size));
        }
        finally
        {
            _memory.Release(size);
        }
    }

    private bool TryReadSize(in ReadOnlySequence<byte> buffer, out int size)
    {
        size = 0;
        if (buffer.Length < Frame.SizePrefix)
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[Frame.SizePrefix];
        buffer.Slice(0, Frame.SizePrefix).CopyTo(bytes);
        size = BinaryPrimitives.ReadInt32BigEndian(bytes);
        return size >= RequestHeader.FixedSize && size <= _limits.SocketRequestMaxBytes
            ? true
            : throw new CloseConnectionException($"A request of {size} bytes; accepted: {RequestHeader.FixedSize} to {_limits.SocketRequestMaxBytes} (network.socket_request_max_bytes).");
    }

    private async ValueTask StartAsync(ReadOnlySequence<byte> frame, long arrivedAt)
    {
        Volatile.Write(ref _handling, 1);
        try
        {
            await HandleAsync(frame, arrivedAt).ConfigureAwait(false);
        }
        finally
        {
            Volatile.Write(ref _lastActive, _time.GetTimestamp());
            Volatile.Write(ref _handling, 0);
        }
    }

    private async ValueTask HandleAsync(ReadOnlySequence<byte> frame, long arrivedAt)
    {
        var dispatched = _dispatcher.Start(frame, _client, arrivedAt, _ending.Token);
        StartedRequest started;
        if (dispatched.Started.IsCompletedSuccessfully)
        {
            started = dispatched.Started.Result;
        }
        else
        {
            // A request that waits must not keep the answers before it.
            await FlushIfMineAsync().ConfigureAwait(false);
            try
            {
                started = await dispatched.Started.ConfigureAwait(false);
            }
            catch (Exception e)
            {
                // The requests before it are answered all the same.
                Report(e, dispatched.Api.Name);
                return;
            }
        }

        if (dispatched.Context is { } context)
        {
            context.Times.HandledAt = _time.GetTimestamp();
        }

        if (Volatile.Read(ref _inHand) == 0 && started.Answer.IsCompletedSuccessfully)
        {
            Write(new Pending(dispatched, started.Answer), started.Answer.Result, dispatched.Context?.Times.HandledAt ?? 0);
            return;
        }

        await FlushIfMineAsync().ConfigureAwait(false);
        Interlocked.Increment(ref _inHand);
        await _pending.Writer.WriteAsync(new Pending(dispatched, started.Answer)).ConfigureAwait(false);
    }

    private async Task AnswerAsync()
    {
        var reader = _pending.Reader;
        while (await reader.WaitToReadAsync().ConfigureAwait(false))
        {
            var written = 0;
            while (reader.TryRead(out var pending))
            {
                try
                {
                    if (written > 0 && !pending.Answer.IsCompleted)
                    {
                        await Output.FlushAsync().ConfigureAwait(false);
                        Sent();
                        Interlocked.Add(ref _inHand, -written);
                        written = 0;
                    }

                    var response = await pending.Answer.ConfigureAwait(false);
                    written++;
                    if (_ending.IsCancellationRequested)
                    {
                        response?.Dispose();
                        continue;
                    }

                    Write(pending, response, _time.GetTimestamp());
                }
                catch (Exception e)
                {
                    Report(e, pending.Api.Name);
                    await _ending.CancelAsync().ConfigureAwait(false);
                    // The receiving side may wait for bytes that never come.
                    Drain();
                }
            }

            if (!_ending.IsCancellationRequested)
            {
                await Output.FlushAsync().ConfigureAwait(false);
                Sent();
            }

            Volatile.Write(ref _lastActive, _time.GetTimestamp());
            Interlocked.Add(ref _inHand, -written);
        }
    }

    private void Write(in Pending pending, IResponseMessage? response, long now)
    {
        if (response is not null)
        {
            using (response)
            {
                if (pending.Context is { } asked)
                {
                    response.TellErrors(asked);
                }

                Frame.WriteResponse(Output, pending.Api, pending.Version, pending.CorrelationId, response);
            }

            _unflushed = true;
        }

        if (pending.Context is { } context)
        {
            Measure(context, response is not null, now);
        }
    }

    private void Measure(RequestContext context, bool isAnswered, long answeredAt)
    {
        ref var times = ref context.Times;
        (times.AnsweredAt, times.EncodedAt) = (answeredAt, _time.GetTimestamp());
        context.EndTrace();
        var elapsed = _time.GetElapsedTime(times.ArrivedAt, times.EncodedAt) - times.Waited;
        context.Latency.Record(elapsed, context.Span, context.Span == default ? default : _time.GetUtcNow());
        if (context.Metrics is { } metrics)
        {
            times.Complete(metrics.Work, _time);
            metrics.Record(times, isAnswered);
        }

        if (isAnswered && _unsent.Count < MostUnsent)
        {
            _unsent.Add(context);
        }
    }

    /// <summary>What was written is on its way, with room for more behind it, or its client is gone.</summary>
    private void Sent()
    {
        if (_unsent.Count == 0)
        {
            return;
        }

        var now = _time.GetTimestamp();
        foreach (var context in _unsent)
        {
            ref var times = ref context.Times;
            var send = _time.GetElapsedTime(times.EncodedAt, now);
            times.Add(RequestStage.Send, send);
            context.Metrics?.Record(RequestStage.Send, send);
            _slow.Offer(context, now);
        }

        _unsent.Clear();
    }

    private ValueTask FlushIfMineAsync()
    {
        if (!_unflushed || Volatile.Read(ref _inHand) != 0)
        {
            return ValueTask.CompletedTask;
        }

        _unflushed = false;
        var flush = Output.FlushAsync();
        if (!flush.IsCompletedSuccessfully)
        {
            return AwaitAsync(flush);
        }

        Sent();
        return ValueTask.CompletedTask;

        async ValueTask AwaitAsync(ValueTask<FlushResult> flush)
        {
            await flush.ConfigureAwait(false);
            Sent();
        }
    }

    /// <summary>What was asked before the request that ends the connection is answered.</summary>
    private async ValueTask FlushLastAsync()
    {
        try
        {
            await FlushIfMineAsync().AsTask().WaitAsync(LastAnswers, _time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // Who does not read is not waited for.
        }
        catch (Exception e)
        {
            Report(e, "ending");
        }
    }

    private void CloseWhenIdle()
    {
        // Who waits for an answer is not idle, however long it takes.
        if (_limits.ConnectionsMaxIdleMs < 0 || Volatile.Read(ref _handling) > 0 || Volatile.Read(ref _inHand) > 0 || Volatile.Read(ref _waitingForMemory) > 0)
        {
            return;
        }

        var idleMs = (long)_time.GetElapsedTime(Volatile.Read(ref _lastActive)).TotalMilliseconds;
        if (idleMs > _limits.ConnectionsMaxIdleMs)
        {
            _events.Idle(_client.ConnectionId, _client.Remote, idleMs);
            Drain();
        }
    }

    private void Report(Exception e, string api)
    {
        _failed = true;
        switch (e)
        {
            case CloseConnectionException or MalformedMessageException:
                _closeReason ??= e.Message;
                _events.Closing(_client.ConnectionId, _client.Remote, _client.ClientId, e.Message);
                break;
            // The client is gone: nothing that anybody has to hear of.
            case ConnectionResetException or ConnectionAbortedException or OperationCanceledException:
                break;
            default:
                _closeReason ??= e.Message;
                _events.RequestFailed(e, _client.ConnectionId, _client.Remote, _client.ClientId, api);
                break;
        }
    }

    private readonly record struct Pending(ApiDescription Api, short Version, int CorrelationId, RequestContext? Context, ValueTask<IResponseMessage?> Answer)
    {
        public Pending(in Dispatched dispatched, ValueTask<IResponseMessage?> answer)
            : this(dispatched.Api, dispatched.Version, dispatched.CorrelationId, dispatched.Context, answer)
        {
        }
    }
}
