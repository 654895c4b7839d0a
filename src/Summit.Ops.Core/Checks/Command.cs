using Summit.Ops.Checks.Nginx;
using Summit.Ops.Evidence;

namespace Summit.Ops.Checks;

/// <summary>The next command, as it can be typed where the check was run.</summary>
internal static class Command
{
    private static readonly SummitSite Default = new();

    /// <summary>A cmdlet for this site and target.</summary>
    public static string For(string cmdlet, SiteEvidence evidence) => For(cmdlet, evidence.Site, evidence.Target);

    /// <summary>A cmdlet for this site and target; the guide's own site needs no words.</summary>
    public static string For(string cmdlet, SummitSite site, SummitTarget target) =>
        cmdlet + (site.Equals(Default) ? "" : $" -Site {SiteExpression.For(site)}") + (target.Kind == SummitTargetKind.Ssm ? $" -InstanceId {target.InstanceId}" : "");

    /// <summary>nginx on the host, with the prefix and main file that the site names.</summary>
    public static string Nginx(SummitSite site, string arguments) =>
        $"sudo {site.NginxCommand}{(site.NginxPrefix.Length > 0 ? $" -p {site.NginxPrefix}" : "")}{(site.NginxConfigPath.Length > 0 ? $" -c {site.NginxConfigPath}" : "")} {arguments}";
}
