using System.Management.Automation;

namespace Summit.Ops.Commands;

/// <summary>Shows a command's states as Systems Manager names them.</summary>
internal sealed class StateProgress(PipelineQueue queue, SummitTarget target) : IProgress<string>
{
    private const int Id = 0x55_4D_53;
    private static readonly string[] Last = ["Success", "Failed", "Cancelled", "TimedOut"];

    public void Report(string value)
    {
        queue.Verbose($"{target}: {value}");
        var ended = Last.Any(state => value.EndsWith(state, StringComparison.Ordinal));
        queue.Progress(new ProgressRecord(
            Id, "AWS Systems Manager",
            $"{target}: {value}") { RecordType = ended ? ProgressRecordType.Completed : ProgressRecordType.Processing });
    }
}
