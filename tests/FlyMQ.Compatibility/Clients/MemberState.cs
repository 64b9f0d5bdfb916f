namespace FlyMQ.Compatibility.Clients;

/// <summary>What a member owns and has read so far; written by its polling loop, read by the test.</summary>
internal sealed class MemberState
{
    private readonly Lock _gate = new();
    private readonly List<TestRecord> _records = [];
    private IReadOnlyList<int> _assignment = [];
    private int _assignments;
    private Exception? _broken;

    public IReadOnlyList<int> Assignment
    {
        get
        {
            lock (_gate)
            {
                return _assignment;
            }
        }
    }

    public int Assignments
    {
        get
        {
            lock (_gate)
            {
                return _assignments;
            }
        }
    }

    public IReadOnlyList<TestRecord> Records
    {
        get
        {
            lock (_gate)
            {
                return [.. _records];
            }
        }
    }

    public bool IsBroken
    {
        get
        {
            lock (_gate)
            {
                return _broken is not null;
            }
        }
    }

    public void Assigned(IEnumerable<int> partitions)
    {
        lock (_gate)
        {
            _assignment = [.. partitions.Order()];
            _assignments++;
        }
    }

    public void Lost(IEnumerable<int> partitions)
    {
        lock (_gate)
        {
            _assignment = [.. _assignment.Except(partitions)];
        }
    }

    public void Add(IEnumerable<TestRecord> records)
    {
        lock (_gate)
        {
            _records.AddRange(records);
        }
    }

    public void Broke(Exception error)
    {
        lock (_gate)
        {
            _broken ??= error;
        }
    }

    public void ThrowIfBroken()
    {
        lock (_gate)
        {
            if (_broken is not null)
            {
                throw new InvalidOperationException("the member broke: " + _broken.Message, _broken);
            }
        }
    }
}
