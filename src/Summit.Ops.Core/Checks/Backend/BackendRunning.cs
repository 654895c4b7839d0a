using System.Net;
using Summit.Ops.Evidence;
using Summit.Ops.Text;

namespace Summit.Ops.Checks.Backend;

/// <summary>The guide's item "Backend running on port 4000": the manager's word for it, against what really listens.</summary>
internal sealed class BackendRunning : ICheck
{
    private const int ManyRestarts = 3;
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(30);

    public SummitCheck Evaluate(SiteEvidence evidence)
    {
        var site = evidence.Site;
        var finding = new Finding("Backend.Running", $"Backend running on port {site.BackendPort}", SummitSeverity.Error, evidence.Target.Name);
        if (evidence.Host is not { } host) return finding.Unknown(evidence.HostMissing);
        if (!IsOnHost(site.BackendHost)) return finding.Skipped($"The backend runs on another host, {site.BackendHost}; see Backend.Upgrade for what it answers.");
        if (host.Listeners is null) return finding.Unknown("The host did not say what listens (/proc/net/tcp and netstat are missing).", $"sudo netstat -tlnp | grep :{site.BackendPort}");

        var backends = host.Backends(site);
        var seen = string.Join("; ", backends.Select(backend => Describe(backend, evidence)));
        var expected = $"{site.ProcessName} running and listening on port {site.BackendPort}";
        var restart = backends[0].Manager == SummitBackendManager.None
            ? Command.Pm2(site, $"start {ShellWord.Quote(site.ProcessName)}")
            : Command.For("Restart-SummitBackend", evidence);
        var logs = Command.Pm2(site, $"logs {ShellWord.Quote(site.ProcessName)} --lines 50 --nostream");

        var listening = backends.Any(backend => backend.Listening);
        var managed = backends[0].Manager != SummitBackendManager.None;
        if (backends.Any(backend => IsLooping(backend)))
        {
            return finding.Fail(SummitCause.BackendRestartLoop, Join(seen, LastLog(host)), expected, "it starts, ends and starts again", logs);
        }

        if (managed && !backends.Any(backend => backend.Running) && !(listening && evidence.Hop(SiteEvidence.BackendHop) is { HttpStatus: 101 }))
        {
            return finding.Fail(SummitCause.BackendNotRunning, Join(seen, LastLog(host)), expected, seen, restart);
        }

        if (!listening && !managed && host.Pm2Silent is { Length: > 0 } silent)
        {
            return finding.Fail(SummitCause.BackendNotListening, $"Nothing listens on port {site.BackendPort}; pm2 could not be asked for '{site.ProcessName}': {silent}.", expected, "nothing", Command.Pm2(site, "list"));
        }

        if (!listening)
        {
            return managed
                ? finding.Fail(SummitCause.BackendNotListening, Join($"{seen}; nothing listens on port {site.BackendPort}", LastLog(host)), expected, "it runs and does not listen", restart)
                : finding.Fail(SummitCause.BackendNotRunning, $"Nothing listens on port {site.BackendPort}, and neither pm2 ({Pm2(host)}) nor systemd knows '{site.ProcessName}'.", expected, "nothing", restart);
        }

        var reachable = host.Listeners.Where(listener => listener.Port == site.BackendPort).Any(listener => Reaches(site.BackendHost, listener.Address));
        return reachable
            ? finding.Pass(seen, expected, seen)
            : finding.Fail(
                SummitCause.BackendWrongAddress, $"{seen}; nginx connects to {site.BackendHost}:{site.BackendPort}", $"a listener that {site.BackendHost} reaches",
                string.Join(", ", backends[0].ListenAddress), $"{restart}   # once the backend listens on {site.BackendHost}:{site.BackendPort}");
    }

    internal static bool IsOnHost(string backendHost) => backendHost == "localhost" || (IPAddress.TryParse(backendHost, out var address) && IPAddress.IsLoopback(address));

    private static bool IsLooping(SummitBackend backend) => backend.Status is "waiting restart" or "errored" && backend.Restarts >= ManyRestarts
        || (backend.Status is "online" or "launching" && backend.Restarts >= ManyRestarts && !backend.Listening && backend.Uptime < Settled);

    /// <summary>Whether a connection to the host name meets a socket bound to the address; an IPv6 wildcard takes IPv4 too unless the application forbids it.</summary>
    private static bool Reaches(string backendHost, IPAddress bound)
    {
        if (bound.Equals(IPAddress.Any) || bound.Equals(IPAddress.IPv6Any)) return true;
        if (bound.IsIPv4MappedToIPv6) bound = bound.MapToIPv4();
        return IPAddress.TryParse(backendHost, out var wanted) ? bound.Equals(wanted) : IPAddress.IsLoopback(bound);
    }

    private static string Describe(SummitBackend backend, SiteEvidence evidence)
    {
        var where = backend.Listening ? $"listening on {string.Join(", ", backend.ListenAddress)}" : "not listening";
        if (backend.Manager == SummitBackendManager.None) return $"{where} (under neither pm2 nor systemd as '{evidence.Site.ProcessName}')";
        var pid = backend.ProcessId is { } id ? $", pid {id}" : "";
        return $"{backend.Manager.ToString().ToLowerInvariant()}: {backend.Name} {backend.Status}{pid}, {backend.Restarts} restarts, {where}";
    }

    private static string Pm2(HostEvidence host) => host.Sections.TryGetValue("pm2.home", out var home)
        ? home.Text.TrimEnd() is var text && text.EndsWith(" none", StringComparison.Ordinal) ? $"no daemon in {text[..^5]}" : $"home {text.Split(' ')[0]}"
        : "not looked at";

    private static string LastLog(HostEvidence host)
    {
        var last = host.BackendLogs().Where(log => log.Path.Contains("error", StringComparison.Ordinal))
            .SelectMany(log => log.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries)).LastOrDefault(line => line.Contains("Error", StringComparison.Ordinal));
        return last is null ? "" : $"its log: {Text.ForeignText.Visible(last.Trim())}";
    }

    private static string Join(string first, string second) => second.Length == 0 ? first : $"{first}; {second}";
}
