using System.Net;
using Summit.Ops.Evidence;
using Summit.Ops.Text;

namespace Summit.Ops.Checks.Host;

/// <summary>The quick diagnostic's "Nginx running": a master with workers, not a pid file.</summary>
internal sealed class NginxRunning : ICheck
{
    public CheckDefinition Definition { get; } = new("Nginx.Running", "Nginx running", SummitSeverity.Error, SummitRuleScope.Host)
    {
        Causes = [SummitCause.NginxNotInstalled, SummitCause.NginxNotRunning, SummitCause.NginxWrongServer],
        // not at NginxWrongServer: sockets do not tell which server block answers, so they never rule it out
        LooksAt = [SummitCause.NginxNotInstalled, SummitCause.NginxNotRunning],
    };

    public SummitCheck Evaluate(SiteEvidence evidence)
    {
        var site = evidence.Site;
        var finding = Definition.On(evidence.Target.Name);
        if (evidence.Host is not { } host) return finding.Unknown(evidence.HostMissing);
        var start = Command.For("Restart-SummitNginx", evidence);
        if (host.Container is { Stopped.Length: > 0 } stopped) return Stopped(finding, host, stopped, start);

        if (host.Master(site) is { } master)
        {
            var workers = host.Workers(site);
            if (workers.Count > 0 && OnlyWithin(evidence, host) is { } within)
            {
                // nginx cannot bind all addresses while it holds one of them itself: a reload would fail
                return finding.Fail(
                    SummitCause.NginxWrongServer,
                    $"nginx {host.NginxVersion} runs, and listens for tcp {site.Port} on {within} only, where no client outside arrives",
                    "a listen line that clients reach", within,
                    $"sudo grep -n listen {ShellWord.Quote(site.ConfigPath)}   # name the port without a loopback address (listen "
                        + $"{site.Port} ssl;), then: sudo nginx -t && sudo systemctl restart nginx");
            }

            return workers.Count > 0
                ? finding.Pass(
                    $"nginx {host.NginxVersion}: master {master.Id}, workers {string.Join(", ", workers.Select(worker => worker.Id))}")
                : finding.Fail(
                    SummitCause.NginxNotRunning,
                    $"nginx master {master.Id} runs without a worker",
                    "a master and its workers", "no worker", start + " -Force");
        }

        if (!host.NginxInstalled)
        {
            return finding.Fail(
                SummitCause.NginxNotInstalled, $"'{site.NginxCommand}' was not found on {evidence.Target}.", "nginx", "no such command",
                "sudo apt-get install nginx   # or: sudo dnf install nginx; or name it: New-SummitSite -NginxCommand '/path/to/nginx'");
        }

        if (!host.SaysProcesses)
        {
            return finding.Unknown("The host did not say which processes run.", "ps -axo pid,ppid,user,args | grep '[n]ginx:'");
        }

        // a container's nginx has its processes elsewhere; what answers as nginx does run
        return Answering(evidence) is { } answer
            ? finding.Pass($"no nginx process is visible on the host, and {answer.Uri} is answered by {Server(answer)}")
            : !host.Sections.ContainsKey("nginx.version")
                ? finding.Unknown("No nginx process is there, and whether nginx is installed was not said.", Command.Nginx(site, "-V"))
            : NotRunning(finding, evidence, host, start);
    }

    /// <summary>A container that does not run: what it said last, and the command that starts it.</summary>
    private static SummitCheck Stopped(Finding finding, HostEvidence host, NginxContainer container, string start)
    {
        var complaint = NginxComplaint.In(string.Join('\n', host.ContainerLog.TrimEnd().Split('\n').TakeLast(3)));
        var said = complaint is null ? "" : $"; it said last: {ForeignText.Visible(complaint.Message)}";
        var fix = complaint is null
            ? $"{container.Start}   # or: {start} -Force"
            : $"{container.Logs}   # correct what it says, then: {container.Start}";
        return finding.Fail(
            SummitCause.NginxNotRunning,
            $"nginx runs in the container {container.Described}, which does not run ({container.Stopped}){said}",
            "a master and its workers", container.Stopped, fix, complaint?.File, complaint?.Line);
    }

    /// <summary>Why systemd does not run it, and the command that changes that.</summary>
    private static SummitCheck NotRunning(Finding finding, SiteEvidence evidence, HostEvidence host, string start)
    {
        const string expected = "a master and its workers";
        var site = evidence.Site;
        var none = $"no nginx master process{PidFile(host)}";
        var unit = host.NginxUnit(site);
        if (unit is { IsMasked: true })
        {
            return finding.Fail(
                SummitCause.NginxNotRunning,
                $"{none}; {unit.Id} is masked, so nothing starts it, and no restart unmasks it",
                expected, "masked", unit.Unmask);
        }

        if (PortTaker.Of(evidence, host) is { } taker)
        {
            return finding.Fail(SummitCause.NginxNotRunning, $"{none}; {taker.Evidence}", expected, "no process", taker.Fix);
        }

        var state = unit is null ? "" : $"; {unit.Id} is {unit.Described}";
        var said = unit is { State: "failed" } ? NginxComplaint.In(host.NginxJournal)?.Message : null;
        // what nginx may do on the host it may not do in its unit
        if (said is not null && host.NginxTest is { ExitCode: 0 } && unit is { DropIns: { Length: > 0 } sandbox })
        {
            return finding.Fail(
                SummitCause.NginxNotRunning,
                $"{none}{state}: {ForeignText.Visible(said)}; nginx -t passes outside the unit, and {sandbox} changes the unit",
                expected, "no process",
                $"sudo systemctl cat {unit.Id}   # correct what keeps nginx from it in {sandbox}, then: {unit.LoadAgain}");
        }

        // a start would end at what nginx -t ends at
        if (new NginxSyntax().Evaluate(evidence) is { Status: SummitCheckStatus.Fail } refused)
        {
            return finding.Fail(
                SummitCause.NginxNotRunning, $"{none}{state}; it cannot start: {refused.Evidence}", expected, "no process", refused.Fix,
                refused.File, refused.Line);
        }

        // not of nginx's own making: another step of its unit failed
        var changed = said is null && unit is { State: "failed", DropIns: { Length: > 0 } files } ? $"; {files} changes the unit" : "";
        var again = said is null && unit is { State: "failed" }
            ? $"   # if it fails again: sudo journalctl -u {unit.Id} -n 50 --no-pager"
            : "";
        return finding.Fail(
            SummitCause.NginxNotRunning,
            $"{none}{state}{(said is null ? "" : $": {ForeignText.Visible(said)}")}{changed}",
            expected, "no process", start + again);
    }

    /// <summary>The loopback addresses that nginx listens on, where it listens on no other and clients are refused; else null.</summary>
    public static string? OnlyWithin(SiteEvidence evidence, HostEvidence host)
    {
        if (evidence.Hop(SiteEvidence.PublicHop) is not { FailedStage: SummitProbeStage.Tcp, Cause: SummitCause.NginxNotRunning } refused)
        {
            return null;
        }

        var listening = host.Listeners?.Where(listener => listener.Port == evidence.Site.Port).ToList() ?? [];
        return listening.Count > 0 && listening.TrueForAll(
            listener => IPAddress.IsLoopback(listener.Address) && !refused.Addresses.Contains(listener.Address.ToString()))
            ? string.Join(" and ", listening.Select(listener => listener.ToString()).Distinct(StringComparer.Ordinal)) : null;
    }

    private static SummitWebSocketResult? Answering(SiteEvidence evidence) =>
        evidence.Hop(SiteEvidence.LoopbackHop) is { HttpStatus: not null } hop
            && Server(hop).StartsWith("nginx", StringComparison.OrdinalIgnoreCase) ? hop : null;

    private static string Server(SummitWebSocketResult hop) =>
        hop.ResponseHeaders.FirstOrDefault(header => header.Name.Equals("Server", StringComparison.OrdinalIgnoreCase))?.Value ?? "";

    private static string PidFile(HostEvidence host)
    {
        var file = host.Sections.GetValueOrDefault("nginx.pidfile")?.Text.Trim();
        var pid = host.Sections.GetValueOrDefault("nginx.pid") is { ExitCode: 0 } content ? content.Text.Trim() : "";
        return file is null ? "" : pid.Length > 0 ? $"; {file} names process {pid}, which is gone" : $"; there is no {file}";
    }
}
