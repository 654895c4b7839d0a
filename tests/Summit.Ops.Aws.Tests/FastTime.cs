namespace Summit.Ops.Aws.Tests;

/// <summary>A clock on which time passes faster.</summary>
internal sealed class FastTime(int factor) : TimeProvider
{
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        System.CreateTimer(callback, state, Shorter(dueTime), Shorter(period));

    public override long GetTimestamp() => System.GetTimestamp() * factor;

    private TimeSpan Shorter(TimeSpan time) => time <= TimeSpan.Zero ? time : time / factor;
}
