using System.Net;
using Summit.Ops.Checks.Host;
using Summit.Ops.Evidence;
using Summit.Ops.Text;

namespace Summit.Ops.Checks.Backend;

/// <summary>The guide's item "Backend running on port 4000": the manager's word for it, against what really listens.</summary>
internal sealed class BackendRunning : ICheck
{
    public CheckDefinition Definition { get; } = new(
        "Backend.Running", site => $"Backend running on port {site.BackendPort}", SummitSeverity.Error, SummitRuleScope.Backend)
    {
        Causes =
        [
            SummitCause.BackendRestartLoop, SummitCause.BackendNotRunning, SummitCause.BackendNotListening,
            SummitCause.BackendWrongAddress,
        ],
        LooksAt =
        [
            SummitCause.BackendRestartLoop, SummitCause.BackendNotRunning, SummitCause.BackendNotListening,
            SummitCause.BackendWrongAddress,
        ],
    };

    private const int ManyRestarts = 3;
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(30);

    public SummitCheck Evaluate(SiteEvidence evidence)
    {
        var site = evidence.Site;
        var finding = Definition.On(evidence.Target.Name, site);
        if (evidence.Host is not { } host) return finding.Unknown(evidence.HostMissing);
        if (!IsOnHost(site.BackendHost))
        {
            return finding.Skipped($"The backend runs on another host, {site.BackendHost}; see Backend.Upgrade for what it answers.");
        }

        if (host.Listeners is null)
        {
            return finding.Unknown(
                "The host did not say what listens (/proc/net/tcp and netstat are missing).",
                $"sudo netstat -tlnp | grep :{site.BackendPort}");
        }

        var backends = host.Backends(site);
        var seen = string.Join("; ", backends.Select(backend => Describe(backend, evidence)));
        var expected = evidence.UpstreamSocket.Length > 0
            ? $"{site.ProcessName} running"
            : $"{site.ProcessName} running and listening on port {site.BackendPort}";
        var managed = backends[0].Manager != SummitBackendManager.None;
        var restart = managed ? BackendCommands.Restart(evidence) : BackendCommands.Find(evidence);
        var logs = BackendCommands.Logs(evidence);

        var socket = evidence.UpstreamSocket;
        // a process that runs is at its socket as far as is known here: what nginx meets there the error log and the replay tell
        var listening = backends.Any(backend => backend.Listening || (socket.Length > 0 && backend.Running));
        var unit = BackendCommands.Unit(evidence);
        if (unit is { IsMasked: true } && !listening)
        {
            return finding.Fail(
                SummitCause.BackendNotRunning,
                $"{seen}. A masked unit is not started by anything, and no restart unmasks it.",
                expected, seen, unit.Unmask);
        }

        if (unit is not null && !listening && UnitNeed.First(host) is { } need)
        {
            return finding.Fail(SummitCause.BackendNotRunning, $"{seen}; {need.Evidence(unit)}", expected, seen, need.Fix(unit));
        }

        if (unit is { IsStale: true } && !listening)
        {
            var cause = unit.IsLooping ? SummitCause.BackendRestartLoop
                : unit.State == "active" ? SummitCause.BackendNotListening : SummitCause.BackendNotRunning;
            var where = BackendElsewhere.Of(evidence, backends) is { } other ? $"{seen}; {other.Evidence}" : seen;
            var now = Join(where, unit.IsLooping ? LastLog(host, backends[0]) : "");
            return finding.Fail(
                cause, $"{now}; {unit.Id} changed on the disk since systemd read it, and a restart alone starts what it said before",
                expected, seen, $"{unit.LoadAgain}   # if that is not enough: {logs}");
        }

        if (unit is { HasPrivateNetwork: true, State: "active" } && !listening)
        {
            return finding.Fail(
                SummitCause.BackendNotListening,
                $"{seen}; {unit.Id} has PrivateNetwork=yes, so its port is open in a network of its own, which nginx does not reach",
                expected, "a network of its own",
                $"sudo systemctl edit {ShellWord.Quote(unit.Name)}   # [Service] PrivateNetwork=no; then: "
                + $"sudo systemctl restart {ShellWord.Quote(unit.Name)}");
        }

        if (unit is { StartFault: { Length: > 0 } fault } && !listening)
        {
            var cat = $"sudo systemctl cat {ShellWord.Quote(unit.Id)}   # correct it (sudo systemctl edit --full "
                + $"{ShellWord.Quote(unit.Name)}), then: sudo systemctl restart {ShellWord.Quote(unit.Name)}";
            return finding.Fail(
                unit.IsLooping ? SummitCause.BackendRestartLoop : SummitCause.BackendNotRunning,
                Join($"{seen}; {fault}", SystemdLog(host, unit)),
                expected, seen, cat);
        }

        if (unit is { IsStarting: true } && !listening)
        {
            // a restart would begin the same wait again
            return finding.Fail(
                SummitCause.BackendNotRunning, Join($"{seen}; systemd waits for its start to end", DropIns(unit)), expected, seen,
                $"sudo systemctl status {ShellWord.Quote(unit.Id)} --no-pager   # shows what it waits for; "
                    + $"its steps: systemctl cat {ShellWord.Quote(unit.Id)}");
        }

        if (PortTaker.OfBackend(evidence, host, backends) is { } taker)
        {
            return finding.Fail(
                SummitCause.BackendNotRunning, $"{seen}; {taker.Evidence}", expected, "another program has its port", taker.Fix);
        }

        // seen between two crashes: systemd has started it again by itself, a moment ago
        var again = unit is { State: "active", Restarts: > 0 } && !listening && host.Age(unit) < Settled;
        if (again || unit is { IsLooping: true } || backends.Any(backend => IsLooping(backend)))
        {
            var over = unit is { State: "failed", Restarts: > 0 } ? $"{seen}; after its last crash systemd does not start it again"
                : unit is { State: "active" } ? $"{seen}; systemd starts it again after each crash" : seen;
            return finding.Fail(
                SummitCause.BackendRestartLoop, Join(over, LastLog(host, backends[0])), expected, "it crashes on every start", logs);
        }

        if (managed && !listening && host.NodeMissing is { Length: > 0 } pm2)
        {
            return finding.Fail(
                SummitCause.BackendNotRunning, $"{seen}; {pm2} needs node, and node is not on the PATH of {host.User}", expected, "no node",
                $"sudo apt-get install nodejs   # or: sudo dnf install nodejs; the version that the application needs. Then: {restart}");
        }

        if (managed && !backends.Any(backend => backend.Running)
            && !(listening && evidence.Hop(SiteEvidence.BackendHop) is { HttpStatus: 101 }))
        {
            return finding.Fail(SummitCause.BackendNotRunning, Join(seen, LastLog(host, backends[0])), expected, seen, restart);
        }

        if (socket.Length > 0 && !managed && !listening)
        {
            return evidence.Replayed.AsSent is { Opens: true }
                ? finding.Pass($"it answers at the UNIX socket {ForeignText.Visible(socket)}", expected, seen)
                : finding.Unknown(
                    $"nginx passes {site.WebSocketPath} to the UNIX socket {ForeignText.Visible(socket)}, and neither pm2 ({Pm2(host)}) "
                        + $"nor systemd knows '{site.ProcessName}'.{Dumpless(host)}{Others(host, site)}",
                    $"sudo ss -xlp | grep {ShellWord.Quote(socket)}   # the process there; name it: New-SummitSite -ProcessName NAME");
        }

        if (socket.Length > 0 && listening)
        {
            return finding.Pass(
                $"{seen}; nginx passes {site.WebSocketPath} to the UNIX socket {ForeignText.Visible(socket)}", expected, seen);
        }

        if (!listening && !managed && host.Owner is { Others: { Length: > 0 } others })
        {
            return finding.Fail(
                SummitCause.BackendNotRunning,
                $"Nothing listens on port {site.BackendPort}, and more than one pm2 may be meant (of {others}).", expected, "nothing",
                $"Restart-SummitBackend -Site (New-SummitSite -BackendUser {PowerShellWord.Of(others.Split(' ')[0])})   # or "
                    + $"another of: {others}");
        }

        if (!listening && !managed && host.Pm2Silent is { Length: > 0 } silent) return NotAsked(finding, evidence, host, silent, expected);

        if (!listening && BackendElsewhere.Of(evidence, backends) is { } elsewhere)
        {
            return finding.Fail(
                SummitCause.BackendNotListening, $"{seen}; {elsewhere.Evidence}", expected, elsewhere.Actual, elsewhere.Fix);
        }

        if (!listening)
        {
            return managed
                ? finding.Fail(
                    SummitCause.BackendNotListening,
                    Join($"{seen}; nothing listens on port {site.BackendPort}", LastLog(host, backends[0])),
                    expected, "it runs and does not listen", restart)
                : finding.Fail(SummitCause.BackendNotRunning, $"Nothing listens on port {site.BackendPort}, and neither pm2 ({Pm2(host)}) "
                    + $"nor systemd knows '{site.ProcessName}'.{Dumpless(host)}{Others(host, site)}", expected, "nothing", restart);
        }

        var reachable = host.Listeners.Where(listener => listener.Port == site.BackendPort)
            .Any(listener => Reaches(site.BackendHost, listener.Address));
        return reachable
            ? finding.Pass(seen, expected, seen)
            : finding.Fail(
                SummitCause.BackendWrongAddress, $"{seen}; nginx connects to {site.BackendHost}:{site.BackendPort}",
                $"a listener that {site.BackendHost} reaches",
                string.Join(", ", backends[0].ListenAddress),
                $"{restart}   # once the backend listens on {site.BackendHost}:{site.BackendPort}");
    }

    internal static bool IsOnHost(string backendHost) =>
        backendHost == "localhost" || (IPAddress.TryParse(backendHost, out var address) && IPAddress.IsLoopback(address));

    private static bool IsLooping(SummitBackend backend) =>
        backend.Status is "waiting restart" or "errored" && backend.Restarts >= ManyRestarts
            || (backend.Status is "online" or "launching" && backend.Restarts >= ManyRestarts && !backend.Listening
                && backend.Uptime < Settled)
            // systemd counts from 0 with each start that somebody asks for, so these are one after the other
            || (backend is { Manager: SummitBackendManager.Systemd, Status: "active", Restarts: >= ManyRestarts, Listening: false });

    /// <summary>
    /// Whether a connection to the host name meets a socket bound to the address; an IPv6 wildcard takes IPv4 too
    /// unless the application forbids it.
    /// </summary>
    internal static bool Reaches(string backendHost, IPAddress bound) =>
        IPAddress.TryParse(backendHost, out var wanted) ? ListenerTable.Reaches(bound, wanted) : ListenerTable.ReachesLoopback(bound);

    private static string Describe(SummitBackend backend, SiteEvidence evidence)
    {
        var where = backend.Listening ? $"listening on {string.Join(", ", backend.ListenAddress)}"
            : evidence.UpstreamSocket.Length > 0 ? "listening on no port" : "not listening";
        if (backend.Manager == SummitBackendManager.None)
        {
            // whose it is: a stranger on the port is no backend
            var who = evidence.Host?.Sockets.On(evidence.Site.BackendPort).FirstOrDefault() is { } socket ? $"{socket.Described} is " : "";
            return $"{who}{where} (under neither pm2 nor systemd as '{evidence.Site.ProcessName}')";
        }

        var pid = backend.ProcessId is { } id ? $", pid {id}" : "";
        var unit = backend.Manager == SummitBackendManager.Systemd ? evidence.Host?.BackendUnit : null;
        var account = unit is null && evidence.FoundSite.BackendUser is { Length: > 0 } user ? $" of {user}" : "";
        var disabled = unit is { IsDisabled: true } && backend.Running ? ", disabled" : "";
        return $"{backend.Manager.ToString().ToLowerInvariant()}{account}: {backend.Name} {unit?.Described ?? Said(backend)}{pid}, "
            + $"{backend.Restarts} restarts{disabled}, {where}";
    }

    private static string Said(SummitBackend backend) => backend.Status switch
    {
        "not started" => $"does not run: the daemon is gone, and its dump names {backend.Name}",
        "not in the list" => $"is not in the list, and its dump names {backend.Name}",
        var status => status,
    };

    private static string Pm2(HostEvidence host) => host.Sections.TryGetValue("pm2.home", out var home)
        ? home.Text.TrimEnd() is var text && text.EndsWith(" none", StringComparison.Ordinal)
            ? $"no daemon in {text[..^5]}"
            : $"home {text.Split(' ')[0]}"
        : "not looked at";

    /// <summary>
    /// Of a pm2 whose account is known and that this account may not ask: what the kernel shows of it, and the command for who may.
    /// </summary>
    private static SummitCheck NotAsked(Finding finding, SiteEvidence evidence, HostEvidence host, string silent, string expected)
    {
        var (port, owner) = (evidence.Site.BackendPort, host.Owner);
        if (owner.Account.Length == 0)
        {
            return finding.Fail(
                SummitCause.BackendNotListening,
                $"Nothing listens on port {port}; pm2 could not be asked for '{evidence.Site.ProcessName}': {silent}.",
                expected, "nothing", BackendCommands.Pm2(evidence, "list"));
        }

        return owner.Alive
            ? finding.Fail(
                SummitCause.BackendNotListening, $"Nothing listens on port {port}; the pm2 daemon of {owner.Account} runs, and {silent}.",
                expected, "nothing", BackendCommands.Pm2(evidence, $"restart {ShellWord.Quote(evidence.Site.ProcessName)}"))
            : finding.Fail(
                SummitCause.BackendNotRunning,
                $"Nothing listens on port {port}; no pm2 daemon of {owner.Account} runs, and {silent}.",
                expected, "nothing", Start(evidence, owner));
    }

    private static string Start(SiteEvidence evidence, BackendOwner owner) => owner.StartupUnit.Length > 0
        ? $"sudo systemctl start {ShellWord.Quote(owner.StartupUnit)}"
        : BackendCommands.Pm2(evidence, "resurrect");

    private static string Others(HostEvidence host, SummitSite site) => host.OtherProcesses(site) is { Count: > 0 } others
        ? " That pm2 has "
            + $"{string.Join(", ", others.Take(10).Select(other => $"{other.Name} ({other.Status})").Distinct(StringComparer.Ordinal))}."
        : "";

    private static string Dumpless(HostEvidence host) => host.Owner is { Account: { Length: > 0 } account, Saved: false } owner
        ? $" {owner.Home} of {account} has no dump that names it."
        : "";

    /// <summary>The last error that the process wrote since it was started; what is older is of another fault.</summary>
    private static string LastLog(HostEvidence host, SummitBackend backend)
    {
        var since = backend.Uptime is { } up ? host.Now - up : (DateTimeOffset?)null;
        var last = host.BackendLogs()
            .Where(log => log.Path.Contains("error", StringComparison.Ordinal) || log.Path.StartsWith("journal", StringComparison.Ordinal))
            .Where(log => since is null || host.LogChanged(log.Path) is not { } changed || changed >= since - TimeSpan.FromSeconds(2))
            .SelectMany(log => log.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            .LastOrDefault(line => line.Contains("Error", StringComparison.Ordinal));
        return last is null ? "" : $"its log: {Text.ForeignText.Visible(last.Trim())}";
    }

    /// <summary>What systemd itself wrote of the start that failed.</summary>
    private static string SystemdLog(HostEvidence host, SystemdUnit unit) =>
        host.BackendLogs().Where(log => log.Path.StartsWith("journal", StringComparison.Ordinal)).SelectMany(log => log.Text.Split('\n'))
            .LastOrDefault(line => line.StartsWith($"{unit.Id}: Failed ", StringComparison.Ordinal)
                && !line.StartsWith($"{unit.Id}: Failed with ", StringComparison.Ordinal)) is { } line
            ? $"its log: {Text.ForeignText.Visible(line.Trim())}"
            : "";

    private static string DropIns(SystemdUnit unit) => unit.DropIns.Length > 0 ? $"{unit.DropIns} changes it" : "";

    private static string Join(string first, string second) => second.Length == 0 ? first : $"{first}; {second}";
}
