using Summit.Ops.Evidence;
using Summit.Ops.Text;

namespace Summit.Ops.Checks.Backend;

/// <summary>The quick diagnostic's "Backend WebSocket logs": what the backend itself wrote of WebSockets.</summary>
internal sealed class BackendWebSocketLog : ICheck
{
    public CheckDefinition Definition { get; } = new(
        "Backend.WebSocketLog", "Backend WebSocket logs", SummitSeverity.Advice, SummitRuleScope.Backend)
    {
        Causes = [SummitCause.BackendError],
    };

    /// <summary>What a line about WebSockets holds one of.</summary>
    internal static readonly string[] Marks = ["websocket", "ws ", "/ws", "socket", "upgrade"];
    private static readonly string[] Alarms = ["error", "exception", "unhandled", "econn", "eaddr"];

    public SummitCheck Evaluate(SiteEvidence evidence)
    {
        var finding = Definition.On(evidence.Target.Name);
        if (evidence.Host is not { } host) return finding.Unknown(evidence.HostMissing);
        var logs = host.BackendLogs().ToList();
        if (logs.Count == 0 && host.JournalDenied is { Length: > 0 } denied)
        {
            return finding.Unknown($"The journal of {host.BackendUnit?.Id} is the log, and {denied}.", BackendCommands.Logs(evidence));
        }

        if (logs.Count == 0 && host.Owner is { Account: { Length: > 0 } account } owner && !host.HasRoot)
        {
            return finding.Unknown(
                $"The logs lie in {owner.Home}/logs of {account}, and {host.User} may not read them.", BackendCommands.Logs(evidence));
        }

        if (logs.Count == 0)
        {
            return finding.Unknown(
                BackendCommands.UsesPm2(host)
                    ? $"No pm2 log of '{evidence.Site.ProcessName}' was found."
                    : $"No log of '{evidence.Site.ProcessName}' was found: no unit and no pm2 process has that name.",
                BackendCommands.Logs(evidence));
        }

        var lines = logs.SelectMany(log => TextRedaction.Of(log.Text).Split('\n', StringSplitOptions.RemoveEmptyEntries)).ToList();
        var about = lines.Where(line => Any(line, Marks)).ToList();
        var files = string.Join(", ", logs.Select(log => log.Path));
        var alarmed = about.LastOrDefault(line => Any(line, Alarms));
        if (alarmed is null && (logs.Exists(log => UnreadText.IsIn(log.Text)) || lines.Exists(UnreadText.IsIn)))
        {
            return finding.Unknown(
                $"A part of {files} is too long to be read, and nothing was found in the rest.", BackendCommands.Logs(evidence));
        }

        return alarmed is { } alarm
            ? finding.Fail(
                SummitCause.BackendError,
                $"{files}: {ForeignText.Visible(alarm.Trim())}",
                "no errors about WebSockets", "an error", BackendCommands.Logs(evidence), logs[0].Path)
            : finding.Pass(about.Count == 0
                ? $"{files}: nothing about WebSockets in the last {lines.Count} lines"
                : $"{files}: {about.Count} lines about WebSockets, the last: {ForeignText.Visible(about[^1].Trim())}");
    }

    private static bool Any(string line, string[] words) => words.Any(word => line.Contains(word, StringComparison.OrdinalIgnoreCase));
}
