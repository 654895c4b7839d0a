namespace Summit.Ops.Sites;

/// <summary>
/// Which fields of a site are wishes: those that differ from what a site has by default. Every other one is "as found on the host".
/// </summary>
internal static class SiteWishes
{
    private static readonly SummitSite Default = new();

    /// <summary>Whether the site says in which file it is, or by which link nginx reads it.</summary>
    public static bool NameFile(SummitSite site) => site.ConfigPath != ConfigPath(site) && site.ConfigPath != Default.ConfigPath
        || site.EnabledPath != EnabledPath(site) && site.EnabledPath != Default.EnabledPath;

    /// <summary>Whether the site says which nginx is meant.</summary>
    public static bool NameNginx(SummitSite site) =>
        site.NginxCommand != Default.NginxCommand || site.NginxPrefix.Length > 0 || site.NginxConfigPath.Length > 0;

    /// <summary>Whether the site says where the backend is.</summary>
    public static bool NameBackend(SummitSite site) =>
        (site.AsAsked ?? site) is var asked && (asked.BackendHost != Default.BackendHost || asked.BackendPort != Default.BackendPort);

    /// <summary>The site with the values found on its host; the commands that are proposed for it name it as it was asked for.</summary>
    public static SummitSite WithFound(SummitSite asked, SummitSite found) =>
        found with { AsAsked = null } == asked with { AsAsked = null } ? asked : found with { AsAsked = asked.AsAsked ?? asked };

    private static string ConfigPath(SummitSite site) => $"/etc/nginx/sites-available/{site.Name}";

    private static string EnabledPath(SummitSite site) => $"/etc/nginx/sites-enabled/{site.Name}";
}
