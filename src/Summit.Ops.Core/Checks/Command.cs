using Summit.Ops.Checks.Nginx;
using Summit.Ops.Evidence;
using Summit.Ops.Hosts;
using Summit.Ops.Text;

namespace Summit.Ops.Checks;

/// <summary>The next command, as it can be typed where the check was run.</summary>
public static class Command
{
    private static readonly SummitSite Default = new();

    /// <summary>A cmdlet for this site and target.</summary>
    public static string For(string cmdlet, SiteEvidence evidence) =>
        evidence.SiteFor(cmdlet) is var site && site != evidence.Site && SiteExpression.Refined(evidence.Site, site) is { } refined
            ? $"{cmdlet} -Site {refined}{Instance(evidence.Target)}"
            : For(cmdlet, site, evidence.Target);

    /// <summary>A cmdlet for this site and target; the guide's own site needs no words.</summary>
    public static string For(string cmdlet, SummitSite site, SummitTarget target) =>
        cmdlet + ((site.AsAsked ?? site).Equals(Default) ? "" : $" -Site {SiteExpression.For(site)}") + Instance(target);

    /// <summary>Test-SummitSecurityGroup for the instance and the site's port.</summary>
    public static string Network(SiteEvidence evidence) =>
        $"Test-SummitSecurityGroup{(evidence.Target.InstanceId.Length > 0 ? Instance(evidence.Target) : " -InstanceId i-…")} -Port "
            + $"{evidence.Site.Port}";

    /// <summary>
    /// The parameters that name the host as the caller named it, an instance with its account; none for this machine. No key is among them.
    /// </summary>
    internal static string Instance(SummitTarget target)
    {
        if (target.Kind == SummitTargetKind.Ssh) return BySsh(target);
        if (target.Kind != SummitTargetKind.Ssm) return "";
        var profile = target.Connection?.ProfileName is { } name ? $" -ProfileName {PowerShellWord.Of(name)}" : "";
        var file = target.Connection?.ProfileLocation is { } location ? $" -ProfileLocation {PowerShellWord.Of(location)}" : "";
        var endpoint = target.Connection?.EndpointUrl is { } url ? $" -EndpointUrl {PowerShellWord.Of(url)}" : "";
        return $" -InstanceId {target.InstanceId}{(target.Region.Length > 0 ? $" -Region {target.Region}" : "")}{profile}{file}{endpoint}";
    }

    private static string BySsh(SummitTarget target)
    {
        var options = target.SshOptions.Count == 0
            ? ""
            : $" -SshOption {string.Join(", ", target.SshOptions.Select(PowerShellWord.Quote))}";
        return $" -HostName {PowerShellWord.Of(target.HostName)}{options}";
    }

    /// <summary>nginx on the host, with the prefix and main file that the site names.</summary>
    public static string Nginx(SummitSite site, string arguments) =>
        $"sudo {string.Join(' ', ShellScript.SplitCommand(site.NginxCommand).Select(ShellWord.Quote))}"
            + $"{(site.NginxPrefix.Length > 0 ? $" -p {ShellWord.Quote(site.NginxPrefix)}" : "")}"
            + $"{(site.NginxConfigPath.Length > 0 ? $" -c {ShellWord.Quote(site.NginxConfigPath)}" : "")} {arguments}";

    /// <summary>pm2 on the host, as the account and for the daemon that run the backend.</summary>
    public static string Pm2(SummitSite site, string arguments)
    {
        var account = site.BackendUser.Length > 0 ? $"sudo -u {ShellWord.Quote(site.BackendUser)} " : "";
        var home = site.Pm2Home.Length > 0 ? $"env PM2_HOME={ShellWord.Quote(site.Pm2Home)} " : "";
        return $"{account}{home}pm2 {arguments}";
    }
}
