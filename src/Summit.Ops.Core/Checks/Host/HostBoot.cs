using Summit.Ops.Checks.Backend;
using Summit.Ops.Evidence;

namespace Summit.Ops.Checks.Host;

/// <summary>What serves now and is started by no boot: seen today, it costs nothing; seen after a reboot, it is an outage.</summary>
internal sealed class HostBoot : ICheck
{
    public SummitCheck Evaluate(SiteEvidence evidence)
    {
        var finding = new Finding("Host.Boot", "Starts again with the host", SummitSeverity.Warning, evidence.Target.Name);
        if (evidence.Host is not { } host) return finding.Unknown(evidence.HostMissing);
        if (!host.Sections.ContainsKey("nginx.unit")) return finding.Skipped("No systemd runs on the host, so what a boot starts is not known.");

        List<(SummitCause Cause, string Evidence, string Fix)> gone = [];
        // a unit of that name is the site's nginx only where the site has no prefix and no main file of its own
        var standard = evidence.Site.NginxPrefix.Length == 0 && evidence.Site.NginxConfigPath.Length == 0;
        if (standard && host.NginxUnit is { IsDisabled: true, State: "active" } nginx) gone.Add(Disabled(SummitCause.NginxNotRunning, nginx));
        if (BackendCommands.Unit(evidence) is { IsDisabled: true, State: "active" } unit) gone.Add(Disabled(SummitCause.BackendNotRunning, unit));
        if (host.Owner is { Saved: false, StartupUnit.Length: > 0 } owner && host.Backends(evidence.Site).Any(backend => backend is { Manager: SummitBackendManager.Pm2, Running: true }))
        {
            gone.Add((SummitCause.BackendNotRunning, $"{owner.StartupUnit} starts what pm2's dump names, and {owner.Home}/dump.pm2 does not name {evidence.Site.ProcessName}", BackendCommands.Pm2(evidence, "save")));
        }

        return gone.Count == 0
            ? finding.Pass("Nothing was found that runs now and would not be there after a reboot.")
            : finding.Fail(gone[0].Cause, string.Join("; ", gone.Select(each => each.Evidence)), "all of it is started by a boot", $"{gone.Count} is not", string.Join(" && ", gone.Select(each => each.Fix)));
    }

    private static (SummitCause Cause, string Evidence, string Fix) Disabled(SummitCause cause, SystemdUnit unit) =>
        (cause, $"{unit.Id} runs now, and is disabled: after a reboot it does not run", $"sudo systemctl enable {Text.ShellWord.Quote(unit.Name)}");
}
