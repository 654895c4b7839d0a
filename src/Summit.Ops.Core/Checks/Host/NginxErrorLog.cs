using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Summit.Ops.Checks.Backend;
using Summit.Ops.Evidence;
using Summit.Ops.Text;

namespace Summit.Ops.Checks.Host;

/// <summary>
/// What nginx's error log says of the last minutes that only the log can say: a denied connect, connections used up, a reload that failed.
/// </summary>
internal sealed partial class NginxErrorLog : ICheck
{
    public CheckDefinition Definition { get; } = new(
        "Nginx.ErrorLog", "Nginx error log of the last 15 minutes", SummitSeverity.Error, SummitRuleScope.Host)
    {
        Causes = [.. ErrorLogTable.All.Select(entry => entry.Cause).Append(SummitCause.BackendWrongAddress).Distinct()],
        LooksAt =
        [
            SummitCause.NginxReloadFailed, SummitCause.NginxConnectionLimit, SummitCause.SelinuxDenied, SummitCause.NginxResolverMissing,
            SummitCause.UpstreamSocketDenied, SummitCause.NginxHeaderTooBig,
        ],
        Restates = "Nginx.AccessControl",
    };

    private static readonly TimeSpan Recent = TimeSpan.FromMinutes(15);

    /// <summary>What an edit of the site's file mends.</summary>
    private static readonly SummitCause[] Edits = [SummitCause.NginxHeaderTooBig, SummitCause.NginxUpstreamMismatch];

    public SummitCheck Evaluate(SiteEvidence evidence)
    {
        var finding = Definition.On(evidence.Target.Name);
        if (evidence.Host is not { } host) return finding.Unknown(evidence.HostMissing);
        var logs = host.ErrorLogs().ToList();
        var unread = host.UnreadLogs().ToList();
        if (logs.Count == 0 && unread.Count == 0)
        {
            if (host.MissingLogs().FirstOrDefault() is { } gone)
            {
                return finding.Unknown(
                    $"nginx's error log {gone} does not exist.", $"sudo ls -ld {ShellWord.Quote(ForeignText.Visible(Folder(gone)))}");
            }

            return finding.Unknown("nginx writes no error log to a file that could be read.", "sudo tail -n 50 /var/log/nginx/error.log");
        }

        if (host.LocalTime is null)
        {
            return finding.Unknown(
                "The host did not say what time it is, so the age of what its log says is not known.",
                "sudo tail -n 50 /var/log/nginx/error.log");
        }

        var reloaded = Reloaded(evidence, host);
        // what an nginx before this one wrote says nothing of this one
        var running = host.Master(evidence.Site)?.Started is { } began ? host.Now - began + TimeSpan.FromSeconds(1) : TimeSpan.MaxValue;
        SummitCheck? symptom = null;
        foreach (var (path, text) in logs)
        {
            foreach (var line in Enumerable.Reverse(text.Split('\n', StringSplitOptions.RemoveEmptyEntries)))
            {
                if (Age(line, host.LocalTime) is not { } age) continue;
                if (age > Recent || age > running) break;
                if (Judge(line, host, evidence) is { } entry && !IsOver(entry, line, age - reloaded, host, evidence))
                {
                    if (WrongAddress(line, entry, host, evidence) is { } wrong)
                    {
                        var shown = ForeignText.Visible(line);
                        return finding.Fail(
                            SummitCause.BackendWrongAddress, $"{wrong} ({path}: {shown})", "an address at which the backend listens", shown,
                            $"getent ahosts {ShellWord.Quote(evidence.Site.BackendHost)}   # what nginx found at its start; "
                                + "name an address in proxy_pass at which the backend listens, or let it listen on all, then: "
                                + Command.For("Restart-SummitNginx", evidence),
                            path);
                    }

                    var fix = entry.Fix.Length > 0
                        ? entry.Fix.Replace("/path/to/app.sock", Socket(line), StringComparison.Ordinal)
                        : Command.For(Edits.Contains(entry.Cause) ? "Deploy-SummitNginxConfig" : "Invoke-SummitDiagnostic", evidence);
                    // one request that comes back to nginx again and again uses all of it up: what the log says of that is no cause
                    var isSymptom = entry.IsSymptom || evidence.EndsInCircle;
                    var said = (isSymptom ? finding with { Severity = SummitSeverity.Warning } : finding).Fail(
                        entry.Cause,
                        $"{entry.Means} ({path}: {ForeignText.Visible(line)})",
                        "no such entry", ForeignText.Visible(line), fix, path);
                    if (!isSymptom) return said;
                    symptom ??= said;
                }
            }
        }

        if (symptom is not null) return symptom;
        if (unread.Count > 0)
        {
            return finding.Unknown(
                $"{host.User} may not read {string.Join(", ", unread)}.",
                $"sudo tail -n 50 {string.Join(' ', unread.Select(ShellWord.Quote))}");
        }

        if (logs.FirstOrDefault(log => UnreadText.IsIn(log.Text)) is { Path: { } part })
        {
            return finding.Unknown(
                $"A part of {part} is too long to be read, and nothing was found in the rest.",
                $"sudo tail -c 4000 {ShellWord.Quote(part)}");
        }

        return finding.Pass(
            $"{string.Join(", ", logs.Select(log => log.Path))}: nothing that breaks WebSockets{Benched(evidence, host)}"
                + Rotated(evidence, host));
    }

    /// <summary>
    /// Where nginx was refused, and where the port is open instead; null where nothing listens on it, or at the very address, and where
    /// proxy_pass itself is not seen or names the address: then that is the fault. A backend that the site's own address does not reach is
    /// told by Backend.Running.
    /// </summary>
    private static string? WrongAddress(string line, ErrorLogEntry entry, HostEvidence host, SiteEvidence evidence)
    {
        if (entry.Cause != SummitCause.BackendNotListening || !line.Contains("connect() failed (111:", StringComparison.Ordinal))
        {
            return null;
        }

        if (Refused().Match(line) is not { Success: true } at || !IPEndPoint.TryParse(at.Groups["at"].Value, out var refused)) return null;
        if (!IPAddress.IsLoopback(refused.Address) || evidence.Route is not { } route) return null;
        if (route.Upstreams.Any(upstream => IPEndPoint.TryParse(upstream, out var named) && named.Equals(refused))) return null;
        var open = host.Listeners?.Where(listener => listener.Port == refused.Port).ToList() ?? [];
        if (!open.Exists(listener => BackendRunning.Reaches(evidence.Site.BackendHost, listener.Address))) return null;
        return open.Exists(listener => ListenerTable.Reaches(listener.Address, refused.Address)) ? null
            : $"nginx connects to {refused}, and port {refused.Port} is open on {string.Join(", ", open.Distinct())} only";
    }

    /// <summary>
    /// Whether the workers that run now came later: a reload that failed before them is over, and connections that others had used up are
    /// too where one opens.
    /// </summary>
    private static bool IsOver(ErrorLogEntry entry, string line, TimeSpan before, HostEvidence host, SiteEvidence evidence) =>
        entry.Cause switch
        {
            SummitCause.NginxReloadFailed => before > TimeSpan.Zero,
            // both times are known to a second
            SummitCause.NginxConnectionLimit => before > TimeSpan.FromSeconds(-2)
                && evidence.Hops.Any(hop => hop is { Hop: not SiteEvidence.BackendHop, Success: true })
                && host.Workers(evidence.Site) is { Count: > 0 } workers && workers.All(worker => IsOfAnother(line, worker.Id)),
            _ => false,
        };

    private static bool IsOfAnother(string line, int process) => Writer().Match(line) is { Success: true } writer
        && writer.Groups["pid"].Value != process.ToString(CultureInfo.InvariantCulture);

    private static string Folder(string path) => path[..Math.Max(1, path.LastIndexOf('/'))];

    private static string Socket(string line) => UnixSocket().Match(line) is { Success: true } socket
        ? ShellWord.Quote(ForeignText.Visible(socket.Groups["path"].Value)) : "/path/to/app.sock";

    /// <summary>What is over, and explains a 502 of a moment ago.</summary>
    private static string Benched(SiteEvidence evidence, HostEvidence host) =>
        evidence.Hop(SiteEvidence.LoopbackHop) is { Success: true } && BenchedPeers.LastFailure(host) is { } line
            ? $"; the backend refused connections just now, and nginx then asks it for {BenchedPeers.FailTimeout.TotalSeconds:0} s no more "
                + $"(no live upstreams): {ForeignText.Visible(line)}"
            : "";

    private static string Rotated(SiteEvidence evidence, HostEvidence host) => host.RotatedLogs().FirstOrDefault() is { Open: { } open }
        ? $"; nginx still writes to {ForeignText.Visible(open)}, until it is told of the new file: "
            + Command.Nginx(evidence.Site, "-s reopen")
        : "";

    /// <summary>
    /// The entry that accounts for what a client sees now; what was written for another request, or of a fault that
    /// is over, accounts for nothing.
    /// </summary>
    private static ErrorLogEntry? Judge(string line, HostEvidence host, SiteEvidence evidence)
    {
        if (ErrorLogTable.Find(line) is not { } entry || (entry.NeedsSelinux && host.Selinux != "Enforcing")) return null;
        var seen = new[] { SiteEvidence.LoopbackHop, SiteEvidence.PublicHop }.Select(evidence.Hop).OfType<SummitWebSocketResult>().ToList();
        // a second nginx that found the ports taken by this one is no reload of this one
        if (entry.Cause == SummitCause.NginxReloadFailed && host.Master(evidence.Site) is { } master && IsOfAnother(line, master.Id))
        {
            return null;
        }

        // what stops the whole nginx stops the next client too
        if (!entry.IsOfRequest)
        {
            return entry.Cause == SummitCause.NginxRejectsHandshake && !seen.Exists(hop => hop is { Success: false, HttpStatus: null })
                ? null
                : entry;
        }

        if (ErrorLogTable.PathOf(line) is { } path && path != evidence.Site.WebSocketPath) return null;
        return seen.Exists(hop => hop is { Success: false, HttpStatus: { } status } && (entry.Statuses.Contains(status)
            || entry.Statuses.Any(own => ErrorPages.Turns(own, status, evidence)))) ? entry : null;
    }

    /// <summary>How long ago a line was written; null for one without a time stamp (the lines of a stack trace).</summary>
    private static TimeSpan? Age(string line, DateTime? now)
    {
        var stamp = Stamp().Match(line);
        return now is { } time && stamp.Success && DateTime.TryParseExact(
            stamp.Value, "yyyy/MM/dd HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.None, out var written)
            ? time - written
            : null;
    }

    /// <summary>How long the workers run that serve now; without any a failed reload is never over.</summary>
    private static TimeSpan Reloaded(SiteEvidence evidence, HostEvidence host) =>
        host.Workers(evidence.Site).Max(worker => worker.Started) is { } started
            ? host.Now - started + TimeSpan.FromSeconds(1)
            : TimeSpan.MaxValue;

    [GeneratedRegex("upstream: \"https?://(?<at>[^\"/]+)", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Refused();

    [GeneratedRegex(@"\] (?<pid>\d+)#\d+: ", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Writer();

    [GeneratedRegex(@"connect\(\) to unix:(?<path>/[^ :]+)", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex UnixSocket();

    [GeneratedRegex(@"^\d{4}/\d\d/\d\d \d\d:\d\d:\d\d", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Stamp();
}
