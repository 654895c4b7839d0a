using Summit.Ops.Aws.Calls;

namespace Summit.Ops.Aws.RunCommand;

/// <summary>
/// When to look at a command: soon where one waits, seldom where many run, and the first time not before others like it have ended.
/// </summary>
internal sealed class PollPace
{
    private const double Growth = 1.6;
    private const int Crowd = 4;
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);
    private readonly object _lock = new();
    private TimeSpan _usual;
    private int _running;

    /// <summary>A command was sent.</summary>
    /// <returns>How long to wait before the first look.</returns>
    public TimeSpan Begin()
    {
        lock (_lock)
        {
            _running++;
            return Jitter.Around(_running > Crowd && _usual > First ? _usual : First);
        }
    }

    /// <summary>It has ended everywhere, after so long.</summary>
    public void End(TimeSpan took)
    {
        lock (_lock)
        {
            _running--;
            if (took > TimeSpan.Zero) _usual = _usual == TimeSpan.Zero ? took : (_usual * 0.7) + (took * 0.3);
        }
    }

    /// <summary>The wait after one of this length.</summary>
    public TimeSpan Next(TimeSpan wait)
    {
        lock (_lock)
        {
            var next = wait * Growth;
            if (_running > Crowd) next *= 2;
            return Jitter.Around(next < Longest ? next : Longest);
        }
    }
}
