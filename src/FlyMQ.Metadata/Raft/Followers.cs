namespace FlyMQ.Metadata.Raft;

/// <summary>
/// Those who follow the image. The applier hands every change over and goes on; each follower is called from the thread pool, one
/// call at a time. What waits for a follower is one merged change, so a slow one neither holds up the log nor makes a queue.
/// </summary>
internal sealed class Followers(Action<string, Exception> fatal)
{
    private readonly Action<string, Exception> _fatal = fatal;
    private readonly Lock _gate = new();
    private readonly List<Follower> _followers = [];
    private ClusterImage _image = ClusterImage.Empty;

    /// <summary>Called by the applier only, in order of the log.</summary>
    public void Publish(ClusterChange change)
    {
        lock (_gate)
        {
            _image = change.After;
            foreach (var follower in _followers)
            {
                follower.Offer(change);
            }
        }
    }

    public IDisposable Add(Action<ClusterChange> call)
    {
        var follower = new Follower(this, call);
        lock (_gate)
        {
            _followers.Add(follower);
            follower.Offer(ClusterChange.FromEmpty(_image));
        }

        return follower;
    }

    private sealed class Follower(Followers owner, Action<ClusterChange> call) : IDisposable, IThreadPoolWorkItem
    {
        private readonly Lock _slot = new();
        private ClusterChange? _waiting;
        private bool _running;
        private bool _gone;

        public void Offer(ClusterChange change)
        {
            lock (_slot)
            {
                _waiting = _waiting?.Then(change) ?? change;
                if (_running)
                {
                    return;
                }

                _running = true;
            }

            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }

        public void Execute()
        {
            while (Take() is { } change)
            {
                try
                {
                    call(change);
                }
                catch (Exception error)
                {
                    // Its view would silently differ from the cluster's from here on.
                    Dispose();
                    owner._fatal("a follower of the metadata failed", error);
                }
            }
        }

        public void Dispose()
        {
            lock (owner._gate)
            {
                owner._followers.Remove(this);
            }

            lock (_slot)
            {
                _gone = true;
            }
        }

        private ClusterChange? Take()
        {
            lock (_slot)
            {
                var change = _gone ? null : _waiting;
                _waiting = null;
                _running = change is not null;
                return change;
            }
        }
    }
}
