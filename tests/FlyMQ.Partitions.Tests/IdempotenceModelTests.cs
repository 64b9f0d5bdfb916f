using CsCheck;
using FlyMQ.Protocol;
using FlyMQ.Records;
using FlyMQ.Storage;

namespace FlyMQ.Partitions.Tests;

/// <summary>Random producers that repeat, skip, restart and fall silent, over crashes and clean restarts, against a model that keeps everything.</summary>
public class IdempotenceModelTests
{
    private static readonly ProducerOptions Options = new() { Expiration = TimeSpan.FromMinutes(10) };

    [Fact]
    public void Every_batch_is_judged_as_the_model_judges_it() => Gen.Int.Sample(seed => new Run(seed).Go(), iter: 1000);

    [Theory]
    [InlineData(-1040829261)]
    public void Seeds_that_once_failed(int seed) => new Run(seed).Go();

    private sealed record Accepted(long Producer, short Epoch, int First, int Last, long Base, int Count);

    private sealed class Run(int seed)
    {
        private readonly Random _random = new(seed);
        private readonly Model _model = new();
        private Scene _scene = new(producers: Options);

        public void Go()
        {
            for (var step = 0; step < 150; step++)
            {
                switch (_random.Next(100))
                {
                    case < 2:
                        Restart(clean: false);
                        break;
                    case < 4:
                        Restart(clean: true);
                        break;
                    case < 12:
                        _scene.Log.Flush();
                        break;
                    case < 16:
                        _scene.Time.Advance(TimeSpan.FromMinutes(_random.Next(8)));
                        break;
                    case < 20:
                        _scene.Log.StartsSegment = true;
                        break;
                    default:
                        Send();
                        break;
                }
            }
        }

        private void Send()
        {
            long producer = _random.Next(3);
            var (epoch, first, count) = Next(producer);
            var starts = _scene.Log.StartsSegment;
            var end = _scene.Log.EndOffset.Value;
            var expected = _model.Judge(producer, epoch, first, count, Now);
            var outcome = _scene.Append(Scene.Batch(count, producer: producer, epoch: epoch, sequence: first));
            var because = $"seed {seed}: producer {producer}, epoch {epoch}, sequence {first}, {count} records";
            Assert.True(expected.Error == outcome.Error, $"{because}: {outcome.Error} and not {expected.Error}");
            if (expected.Error == ErrorCode.None)
            {
                Assert.True((expected.Base ?? end) == outcome.BaseOffset.Value, $"{because}: at {outcome.BaseOffset} and not {expected.Base ?? end}");
                Assert.Equal(outcome.BaseOffset + count, outcome.Required);
            }

            var appended = expected is { Error: ErrorCode.None, Base: null };
            Assert.Equal(appended ? end + count : end, _scene.Log.EndOffset.Value);
            if (!appended)
            {
                return;
            }

            if (starts && end > 0)
            {
                _model.Snapshot(end);
            }

            _model.Accept(new Accepted(producer, epoch, first, Add(first, count - 1), end, count), Now);
        }

        /// <summary>Mostly what a well-behaved client sends; sometimes again what it sent, sometimes nonsense, now and then close to the wrap.</summary>
        private (short Epoch, int First, int Count) Next(long producer)
        {
            var sent = _model.Sent(producer);
            var count = _random.Next(1, 4);
            if (sent.Count == 0)
            {
                return (0, _random.Next(3) == 0 ? int.MaxValue - _random.Next(6) : 0, count);
            }

            var last = sent[^1];
            return _random.Next(10) switch
            {
                < 5 => (last.Epoch, Add(last.Last, 1), count),
                < 8 when sent[Math.Max(0, sent.Count - _random.Next(1, 8))] is var again => (again.Epoch, again.First, again.Count),
                8 => ((short)(last.Epoch + _random.Next(-1, 2)), _random.Next(2) == 0 ? 0 : Add(last.Last, 1), count),
                _ => (last.Epoch, Add(last.Last, _random.Next(5)), count),
            };
        }

        private void Restart(bool clean)
        {
            if (clean)
            {
                _scene.Log.Flush();
                _model.Snapshot(_scene.Log.EndOffset.Value);
                _scene.Partition.Close();
            }

            var log = _scene.Log.Reopen();
            _scene = new Scene(log: log, time: _scene.Time, producers: Options);
            _model.Restart(log.EndOffset.Value, Now);
        }

        private long Now => _scene.Time.GetUtcNow().ToUnixTimeMilliseconds();

        private static int Add(int sequence, int by) => (int)(((long)sequence + by) % (1L << 31));
    }

    private sealed class Model
    {
        private readonly List<Accepted> _log = [];
        private readonly List<(long Offset, Dictionary<long, long> LastSeen)> _snapshots = [];
        private readonly Dictionary<long, long> _lastSeen = [];
        private readonly Dictionary<long, List<Accepted>> _remembered = [];

        public List<Accepted> Sent(long producer) => [.. _log.Where(batch => batch.Producer == producer)];

        public (ErrorCode Error, long? Base) Judge(long producer, short epoch, int first, int count, long now)
        {
            Expire(now);
            if (!_remembered.TryGetValue(producer, out var known))
            {
                return epoch < 0 ? (ErrorCode.InvalidRecord, null) : (ErrorCode.None, null);
            }

            var last = known[^1];
            // Backwards to the last change of epoch: a forgotten producer may come back with an epoch it had before.
            var window = known.AsEnumerable().Reverse().TakeWhile(batch => batch.Epoch == last.Epoch).Take(5).Reverse();
            if (epoch < 0)
            {
                return (ErrorCode.InvalidRecord, null);
            }

            // The same sequences can be there twice when a forgotten producer repeated itself: the later one is what it was answered last.
            if (window.LastOrDefault(batch => batch.Epoch == epoch && batch.First == first && batch.Count == count) is { } original)
            {
                return (ErrorCode.None, original.Base);
            }

            if (epoch < last.Epoch)
            {
                return (ErrorCode.InvalidProducerEpoch, null);
            }

            var expected = epoch > last.Epoch || last.Last == int.MaxValue ? 0 : last.Last + 1;
            return (first == expected ? ErrorCode.None : ErrorCode.OutOfOrderSequenceNumber, null);
        }

        public void Accept(Accepted batch, long now)
        {
            _log.Add(batch);
            if (!_remembered.TryGetValue(batch.Producer, out var known))
            {
                _remembered[batch.Producer] = known = [];
            }

            known.Add(batch);
            _lastSeen[batch.Producer] = now;
        }

        public void Snapshot(long offset) => _snapshots.Add((offset, new Dictionary<long, long>(_lastSeen)));

        public void Restart(long end, long now)
        {
            _log.RemoveAll(batch => batch.Base + batch.Count > end);
            var (offset, lastSeen) = _snapshots.Where(snapshot => snapshot.Offset <= end).OrderBy(snapshot => snapshot.Offset).LastOrDefault((0, []));
            // A snapshot beyond the end is cut away with what it told of.
            _snapshots.RemoveAll(snapshot => snapshot.Offset > end);
            _remembered.Clear();
            _lastSeen.Clear();
            foreach (var (producer, seen) in lastSeen)
            {
                _remembered[producer] = [_log.Last(batch => batch.Producer == producer && batch.Base < offset)];
                _lastSeen[producer] = seen;
            }

            Expire(now);
            foreach (var batch in _log.Where(batch => batch.Base >= offset).ToList())
            {
                if (!_remembered.TryGetValue(batch.Producer, out var known))
                {
                    _remembered[batch.Producer] = known = [];
                }

                known.Add(batch);
                _lastSeen[batch.Producer] = now;
            }
        }

        private void Expire(long now)
        {
            foreach (var (producer, _) in _lastSeen.Where(seen => now - seen.Value >= Options.Expiration.TotalMilliseconds).ToList())
            {
                _lastSeen.Remove(producer);
                _remembered.Remove(producer);
            }
        }
    }
}
