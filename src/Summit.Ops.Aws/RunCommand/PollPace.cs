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
    private readonly TaskCompletionSource _learned = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TimeSpan _usual;
    private int _running;

    /// <summary>A command was sent.</summary>
    /// <returns>
    /// How long to wait before the first look, and what ends that wait: of many, the first few find out how long a script takes, and the
    /// others look then.
    /// </returns>
    public (TimeSpan Wait, Task? Learned) Begin()
    {
        lock (_lock)
        {
            _running++;
            return _running <= Crowd ? (Jitter.Around(First), null)
                : _usual > TimeSpan.Zero ? (Jitter.Around(_usual > First ? _usual : First), null)
                : (Jitter.Around(Longest * 2), _learned.Task);
        }
    }

    /// <summary>The first script of a command has ended, after so long.</summary>
    public void Learn(TimeSpan took)
    {
        lock (_lock)
        {
            if (_usual == TimeSpan.Zero) _usual = took;
        }

        _learned.TrySetResult();
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
