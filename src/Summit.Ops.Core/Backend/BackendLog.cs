using System.Globalization;
using Summit.Ops.Checks;
using Summit.Ops.Checks.Backend;
using Summit.Ops.Errors;
using Summit.Ops.Evidence;
using Summit.Ops.Hosts;
using Summit.Ops.Text;

namespace Summit.Ops.Backend;

/// <summary>Reads a site's backend logs where its manager keeps them.</summary>
/// <param name="host">The host.</param>
public sealed class BackendLog(IHost host)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>The last lines, the oldest first as far as the lines say when they were written.</summary>
    /// <param name="site">The site.</param>
    /// <param name="tail">How many lines of each log.</param>
    /// <param name="since">Only what was written since then; a line without a time goes with the one before it.</param>
    /// <param name="webSocketOnly">Only lines about WebSockets.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="SummitHostException">No log was found, or none of them could be read.</exception>
    public async Task<BackendLogLines> ReadAsync(
        SummitSite site, int tail, DateTimeOffset? since, bool webSocketOnly, CancellationToken cancellation)
    {
        var sections = EvidenceSections.Read(await host.RunAsync(Script(site, tail, since, webSocketOnly), cancellation), host.Target);
        if (sections.Count == 0)
        {
            throw new SummitHostException(
                "BackendLogNotFound", SummitErrorKind.NotFound,
                $"Neither pm2 nor the journal on {host.Target} has a log of '{site.ProcessName}'.", host.Target,
                Command.Pm2(site, "list") + "   # then name it: New-SummitSite -ProcessName NAME -BackendUser ACCOUNT");
        }

        List<SummitHostException> unread = [.. sections.Where(section => section.Value.ExitCode != 0)
            .Select(section => Unreadable(site, tail, section.Key, section.Value.Text))];
        if (unread.Count == sections.Count) throw unread[0];

        var lines = new List<(SummitLogLine Line, DateTimeOffset When)>();
        foreach (var (name, section) in sections.Where(section => section.Value.ExitCode == 0))
        {
            var last = DateTimeOffset.MinValue;
            foreach (var line in name == "journal"
                ? LogLines.FromJournal(section.Text, site, host.Target)
                : LogLines.FromFile(name, section.Text, site, host.Target))
            {
                last = line.Time ?? last;
                if (since is null || last == DateTimeOffset.MinValue || last >= since) lines.Add((line, last));
            }
        }

        // what has no time at all keeps its place among its own; sorting is stable
        return new BackendLogLines([.. lines.OrderBy(entry => entry.When).Select(entry => entry.Line)], unread);
    }

    private SummitHostException Unreadable(SummitSite site, int tail, string section, string said) => new(
        "BackendLogUnreadable", SummitErrorKind.PermissionDenied,
        $"{host.Target}: {section[(section.LastIndexOf(':') + 1)..]} could not be read: {Text.ForeignText.Visible(said.Trim())}",
        host.Target,
        Command.Pm2(site, $"logs {ShellWord.Quote(site.ProcessName)} --lines {tail} --nostream"));

    private static HostScript Script(SummitSite site, int tail, DateTimeOffset? since, bool webSocketOnly) => new(
        "read the backend's log",
        ShellScript.Compose(
            [
                .. SiteVariables.Backend(site),
                new("TAIL", tail.ToString(CultureInfo.InvariantCulture)),
                new("SINCE", since is { } from ? from.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture) : ""),
                new("WORDS", webSocketOnly ? string.Join('\n', BackendWebSocketLog.Marks) : ""),
            ],
            "prelude.sh",
            "sections.sh",
            "pm2-owner.sh",
            "pm2.sh",
            "unit.sh",
            "log-end.sh",
            "backend-log.sh"),
        Patience,
        ReadOnly: true);
}

/// <summary>The lines of a backend's logs.</summary>
/// <param name="Lines">The lines, the oldest first.</param>
/// <param name="Unread">The logs beside them that could not be read, one error each.</param>
public sealed record BackendLogLines(IReadOnlyList<SummitLogLine> Lines, IReadOnlyList<SummitHostException> Unread);
