namespace FlyMQ.Server.Exporters.Otlp;

/// <summary>Whether an endpoint takes what it is sent, told once when it begins to refuse and once when it takes again. Touched by whoever sends, one at a time.</summary>
/// <param name="failing">Told what is wrong, as a sentence.</param>
/// <param name="working">Told how many were refused meanwhile.</param>
internal sealed class EndpointState(Action<string> failing, Action<long> working)
{
    private bool _isDown;
    private long _refused;

    public void Took()
    {
        if (_isDown)
        {
            working(_refused);
        }

        (_isDown, _refused) = (false, 0);
    }

    public void Refused(string reason, long count = 1)
    {
        if (!_isDown)
        {
            failing(reason);
        }

        (_isDown, _refused) = (true, _refused + count);
    }
}
