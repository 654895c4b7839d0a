using Summit.Ops.Checks.Nginx;

namespace Summit.Ops.Nginx;

/// <summary>Judges a configuration by what a request for the site's WebSocket path meets in it.</summary>
public static class NginxRules
{
    /// <summary>The guide's four items, in the guide's order.</summary>
    internal static IReadOnlyList<NginxRule> OfTheGuide { get; } =
    [
        new WebSocketLocationRule(),
        new UpgradeHeadersRule(),
        new ProxyBufferingRule(),
        new LocationOrderRule(),
    ];

    /// <summary>The guide's items first, then the others.</summary>
    internal static IReadOnlyList<NginxRule> All { get; } =
    [
        .. OfTheGuide,
        new ServerBlockRule(),
        new HttpVersionRule(),
        new RedirectRule(),
        new UpstreamRule(),
        new HostHeaderRule(),
        new RealIpHeaderRule(),
        new ForwardedForHeaderRule(),
        new ForwardedProtoHeaderRule(),
        new ReadTimeoutRule(),
        new SendTimeoutRule(),
        new ProxyCacheRule(),
        new HeaderInheritanceRule(),
        new IfInLocationRule(),
        new TrailingSlashRule(),
        new AccessControlRule(),
        new LimitsRule(),
        new KeepaliveUpstreamRule(),
        new Http2Rule(),
        new DuplicateServerRule(),
        new ServerCertificateRule(),
        new EnabledRule(),
        new IncludedFilesRule(),
        new DirectiveVersionRule(),
        new ConfigReadRule(),
    ];

    /// <summary>Runs every rule.</summary>
    /// <param name="config">The configuration: everything nginx reads, or one file alone.</param>
    /// <param name="site">The site.</param>
    /// <param name="nginxVersion">nginx's version (<c>1.22.1</c>), for defaults that changed; null for one before 1.29.7.</param>
    /// <returns>One check for each rule; what could not be judged is Unknown, with the reason.</returns>
    public static IReadOnlyList<SummitCheck> Evaluate(SummitNginxConfig config, SummitSite site, string? nginxVersion = null) =>
        Evaluate(config, site, nginxVersion, passes: false);

    /// <summary>The same on a host whose own <c>nginx -t</c> may have taken the configuration.</summary>
    internal static IReadOnlyList<SummitCheck> Evaluate(
        SummitNginxConfig config, SummitSite site, string? nginxVersion, bool passes, string? localAddress = null,
        bool hasToken = false)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(site);
        var context = new RuleContext(config, site, nginxVersion, passes, localAddress, hasToken);
        return [.. All.Select(rule => rule.Check(context))];
    }
}
