using Summit.Ops.Checks.Backend;
using Summit.Ops.Evidence;
using Summit.Ops.Text;

namespace Summit.Ops.Checks.Host;

/// <summary>What serves now and is started by no boot: seen today, it costs nothing; seen after a reboot, it is an outage.</summary>
internal sealed class HostBoot : ICheck
{
    public CheckDefinition Definition { get; } = new(
        "Host.Boot", "Starts again with the host", SummitSeverity.Warning, SummitRuleScope.Host)
    {
        Causes = [SummitCause.NginxNotRunning, SummitCause.BackendNotRunning],
    };

    public SummitCheck Evaluate(SiteEvidence evidence)
    {
        var finding = Definition.On(evidence.Target.Name);
        if (evidence.Host is not { } host) return finding.Unknown(evidence.HostMissing);
        if (!host.Sections.ContainsKey("nginx.unit"))
        {
            return finding.Skipped("No systemd runs on the host, so what a boot starts is not known.");
        }

        var site = evidence.Site;
        List<(SummitCause Cause, string Evidence, string Fix)> gone = [];
        Note(SummitCause.NginxNotRunning, host.NginxUnit(site));
        if (host.Master(site) is { } master && host.NginxUnit(site) is { State: "failed" } failed)
        {
            var outside = $"nginx (process {master.Id}) runs outside {failed.Id}, which is {failed.Described}: "
                + "systemctl neither reloads nor stops it";
            var start = $"sudo nginx -s quit && sudo systemctl start {ShellWord.Quote(failed.Name)}   # ends each open connection";
            gone.Add((SummitCause.NginxNotRunning, outside, start));
        }

        Note(SummitCause.BackendNotRunning, BackendCommands.Unit(evidence));
        var (account, owned) = (evidence.FoundSite.BackendUser is { Length: > 0 } user ? user : host.User, host.BackendUnit);
        var underPm2 = host.Backends(site).Any(backend => backend is { Manager: SummitBackendManager.Pm2, Running: true });
        var startedByUnit = underPm2 && owned is { IsEnabled: true };
        if (startedByUnit && owned is { State: "failed" or "activating" })
        {
            var (name, unit) = (ShellWord.Quote(site.ProcessName), ShellWord.Quote(owned.Name));
            var twice = $"pm2 of {account} runs {site.ProcessName} now, and {owned.Id} is enabled and {owned.Described}: "
                + $"at a boot both want port {site.BackendPort}";
            var choice = $"sudo systemctl disable --now {unit}   # where pm2 is to run it; where the unit is: "
                + $"{BackendCommands.Pm2(evidence, $"delete {name}")}, then pm2 save";
            gone.Add((SummitCause.BackendNotRunning, twice, choice));
        }
        else if (underPm2 && !startedByUnit && host.Owner.Boot is "disabled" or "masked" or "none")
        {
            NoteStarter(account, host.Owner.Boot);
        }

        if (underPm2 && !startedByUnit && host.Owner is { Saved: false, StartupUnit: { Length: > 0 } starter, Home: var home })
        {
            var unnamed = $"{starter} starts what pm2's dump names, and {home}/dump.pm2 does not name {site.ProcessName}";
            gone.Add((SummitCause.BackendNotRunning, unnamed, BackendCommands.Pm2(evidence, "save")));
        }

        if (gone.Count == 0) return finding.Pass("Nothing was found that runs now and would not be there after a reboot.");
        var seen = string.Join("; ", gone.Select(each => each.Evidence));
        // a comment ends the line: it comes last
        var fix = string.Join(" && ", gone.Select(each => each.Fix).OrderBy(command => command.Contains('#', StringComparison.Ordinal)));
        return finding.Fail(gone[0].Cause, seen, "all of it is started by a boot", $"{gone.Count} is not", fix);

        void NoteStarter(string account, string boot)
        {
            var unit = $"pm2-{account}";
            var why = boot == "none" ? $"no unit starts the pm2 of {account}" : $"{unit}.service, which starts pm2, is {boot}";
            var command = boot switch
            {
                "none" => $"{BackendCommands.Pm2(evidence, "startup")}   # prints the command that makes the unit, for root to run",
                "disabled" => $"sudo systemctl enable {ShellWord.Quote(unit)}",
                _ => $"sudo systemctl unmask {ShellWord.Quote(unit)} && sudo systemctl enable {ShellWord.Quote(unit)}",
            };
            gone.Add((SummitCause.BackendNotRunning, $"{why}: after a reboot {site.ProcessName} does not run", command));
        }

        void Note(SummitCause cause, SystemdUnit? unit)
        {
            if (unit is not { IsDisabled: true, State: "active" }) return;
            var disabled = $"{unit.Id} runs now, and is disabled: after a reboot it does not run";
            gone.Add((cause, disabled, $"sudo systemctl enable {ShellWord.Quote(unit.Name)}"));
        }
    }
}
