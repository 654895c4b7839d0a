using System.Diagnostics;
using System.Management.Automation;

namespace Summit.Ops.Commands;

/// <summary>
/// Progress of many items: done, failed and, once all are known, the time that is left. Nothing is shown for what takes less than a second.
/// </summary>
internal sealed class ProbeProgress(Cmdlet cmdlet, string activity, TimeSpan each)
{
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private TimeSpan _next = Quiet;
    private bool _shown;

    /// <summary>How many of the finished items failed.</summary>
    public int Failed { get; set; }

    /// <summary>Shows where things stand, if it is time to.</summary>
    public void Tick(ConcurrentPipeline pipeline)
    {
        var elapsed = _watch.Elapsed;
        if (elapsed < _next) return;
        _next = elapsed + Pause;
        _shown = true;
        var (done, all) = (pipeline.Finished, pipeline.Started);
        var record = new ProgressRecord(0, activity, $"{done} of {all}{(pipeline.Complete ? "" : " so far")} done, {Failed} failed");
        if (pipeline.Complete && done > 0)
        {
            record.PercentComplete = done * 100 / all;
            record.SecondsRemaining = (int)(elapsed.TotalSeconds / done * (all - done));
        }
        else if (pipeline.Complete && each > TimeSpan.Zero && all == 1)
        {
            record.PercentComplete = (int)Math.Min(99, elapsed / each * 100);
            record.SecondsRemaining = (int)Math.Max(0, (each - elapsed).TotalSeconds);
        }

        cmdlet.WriteProgress(record);
    }

    /// <summary>Takes it away.</summary>
    public void Complete()
    {
        if (_shown) cmdlet.WriteProgress(new ProgressRecord(0, activity, "Done") { RecordType = ProgressRecordType.Completed });
    }
}
