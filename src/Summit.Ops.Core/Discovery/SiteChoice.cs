namespace Summit.Ops.Discovery;

/// <summary>Which of the places that were found are shown.</summary>
internal static class SiteChoice
{
    /// <summary>Those that look like WebSockets; a plain twin of a TLS site is the same site.</summary>
    public static IReadOnlyList<SummitFoundSite> Of(IReadOnlyList<SummitFoundSite> sites, bool all)
    {
        if (all) return sites;
        var likely = sites.Where(site => site.Likelihood >= SummitWebSocketLikelihood.Likely).ToList();
        var secure = likely.Where(site => site.Tls).Select(site => (site.ServerName, site.WebSocketPath)).ToHashSet();
        return [.. likely.Where(site => site.Tls || !secure.Contains((site.ServerName, site.WebSocketPath)))];
    }
}
