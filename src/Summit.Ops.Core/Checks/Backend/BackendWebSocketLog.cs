using Summit.Ops.Evidence;
using Summit.Ops.Text;

namespace Summit.Ops.Checks.Backend;

/// <summary>The quick diagnostic's "Backend WebSocket logs": what the backend itself wrote of WebSockets.</summary>
internal sealed class BackendWebSocketLog : ICheck
{
    /// <summary>What a line about WebSockets holds one of.</summary>
    internal static readonly string[] Marks = ["websocket", "ws ", "/ws", "socket", "upgrade"];
    private static readonly string[] Alarms = ["error", "exception", "unhandled", "econn", "eaddr"];

    public SummitCheck Evaluate(SiteEvidence evidence)
    {
        var finding = new Finding("Backend.WebSocketLog", "Backend WebSocket logs", SummitSeverity.Advice, evidence.Target.Name);
        if (evidence.Host is not { } host) return finding.Unknown(evidence.HostMissing);
        var logs = host.BackendLogs().ToList();
        if (logs.Count == 0) return finding.Unknown($"No pm2 log of '{evidence.Site.ProcessName}' was found.", Command.Pm2(evidence.Site, $"logs {ShellWord.Quote(evidence.Site.ProcessName)} --lines 50 --nostream"));

        var lines = logs.SelectMany(log => TextRedaction.Of(log.Text).Split('\n', StringSplitOptions.RemoveEmptyEntries)).ToList();
        var about = lines.Where(line => Any(line, Marks)).ToList();
        var files = string.Join(", ", logs.Select(log => log.Path));
        return about.LastOrDefault(line => Any(line, Alarms)) is { } alarm
            ? finding.Fail(SummitCause.BackendError, $"{files}: {ForeignText.Visible(alarm.Trim())}", "no errors about WebSockets", "an error", Command.Pm2(evidence.Site, $"logs {ShellWord.Quote(evidence.Site.ProcessName)} --lines 50 --nostream"), logs[0].Path)
            : finding.Pass(about.Count == 0 ? $"{files}: nothing about WebSockets in the last {lines.Count} lines" : $"{files}: {about.Count} lines about WebSockets, the last: {ForeignText.Visible(about[^1].Trim())}");
    }

    private static bool Any(string line, string[] words) => words.Any(word => line.Contains(word, StringComparison.OrdinalIgnoreCase));
}
