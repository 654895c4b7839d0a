using System.Net;
using Summit.Ops.Checks.Nginx;
using Summit.Ops.Evidence;
using Summit.Ops.Nginx.Editing;
using Summit.Ops.Nginx.Semantics;
using Summit.Ops.Nginx.Syntax;

namespace Summit.Ops.Diagnosis.Proving;

/// <summary>
/// The edits that may make nginx ask for another URI, or by another scheme: of the URL in proxy_pass, of a rewrite, or a location beside.
/// </summary>
/// <remarks>Each is tried on the configuration before it is taken, and only one whose request is exactly that which opened is.</remarks>
internal static class ReplayedUri
{
    private const string Arguments = "$is_args$args";

    /// <summary>The edits, those that change least for other requests first.</summary>
    public static IEnumerable<TextEdit> Candidates(SummitReplay variation, RuleContext context, LocationScope location, FileLayout layout)
    {
        var pass = context.Route.Proxy!.Directive;
        var isOwn = pass.Document == location.Origin.Document;
        var url = NginxText.Utf8(pass.Argument(0));
        var authority = url.IndexOf("://", StringComparison.Ordinal) is >= 0 and var at ? at + 3 : 0;
        if (variation.Form == SummitReplayForm.WithOtherScheme)
        {
            return isOwn && authority > 0 && !VariableText.HasVariables(url[..authority])
                ? [Replace((context.Route.Proxy.Https ? "http://" : "https://") + url[authority..])]
                : [];
        }

        var wanted = variation.Request is [var line, ..] && line.Split(' ') is [_, var uri, _] ? uri.Split('?')[0] : "";
        if (wanted.Length == 0 || ProxyUrl.Server(url) is not { } server) return [];
        var mayReplace = IsAlone(location, context) || IsConstant(url, server) || (!location.IsRegex && context.IsForWebSocket(location));
        return
        [
            .. Rewrites(location, layout, context),
            // with a variable the URL is the whole of what is asked for, and its host has to be one that needs no resolver
            .. isOwn && (VariableText.HasVariables(url) || NeedsNoResolver(server, context))
                ? [Replace(url + Arguments)]
                : Array.Empty<TextEdit>(),
            .. isOwn && url.EndsWith("$request_uri" + Arguments, StringComparison.Ordinal)
                ? [Replace(url[..^Arguments.Length])]
                : Array.Empty<TextEdit>(),
            .. Beside(wanted, context, location, layout),
            .. isOwn && mayReplace ? Urls(url, server, wanted, context, location).Select(Replace) : [],
            .. IsAlone(location, context) ? OwnRewrites(location, layout, wanted) : [],
        ];

        TextEdit Replace(string changed) => layout.Replace(pass.Index, 0, changed);
    }

    /// <summary>Rewrites that throw the arguments away: a question mark at the end of the replacement.</summary>
    private static IEnumerable<TextEdit> Rewrites(LocationScope location, FileLayout layout, RuleContext context) =>
        location.Directives.Concat(context.Route.Server?.Directives ?? [])
            .Where(directive => directive.Id == DirectiveName.Rewrite && directive.Document == location.Origin.Document
                && directive.Argument(1) is [_, .., '?'])
            .Select(rewrite => layout.Replace(rewrite.Index, 1, NginxText.Utf8(rewrite.Argument(1))[..^1]));

    private static IEnumerable<string> Urls(string url, string server, string wanted, RuleContext context, LocationScope location)
    {
        var site = context.Site;
        // rewrites have made the URI
        if (location.Find(DirectiveName.Rewrite) is not null) yield break;
        yield return server;
        if (VariableText.HasVariables(url))
        {
            yield return server + "$request_uri";
            yield return server + wanted + Arguments;
            yield break;
        }

        // a URI part is not allowed in a location by a regular expression
        if (location.IsRegex) yield break;
        foreach (var path in (string[])[site.WebSocketPath, SiteProbes.BackendPath(site), site.WebSocketPath
            + "/", "/", NginxText.Utf8(location.Path)])
        {
            yield return server + path;
        }
    }

    /// <summary>
    /// Whether all requests are passed on as the one that the URL names: with a variable for the server it is taken as it stands.
    /// </summary>
    private static bool IsConstant(string url, string server) => VariableText.HasVariables(server)
        && !VariableText.HasVariables(url[server.Length..].Replace(Arguments, "", StringComparison.Ordinal));

    /// <summary>Whether nginx finds the address without a name server, also when the URL has variables.</summary>
    private static bool NeedsNoResolver(string server, RuleContext context)
    {
        if (VariableText.HasVariables(server)) return true;
        var name = server[(server.IndexOf("://", StringComparison.Ordinal) + 3)..];
        if (context.Config.Model.Upstreams.ContainsKey(name)) return true;
        return IPAddress.TryParse(HostPort.Host(name).Trim('[', ']'), out _);
    }

    /// <summary>A location for the WebSocket alone, which asks for the path that opened.</summary>
    private static IEnumerable<TextEdit> Beside(string wanted, RuleContext context, LocationScope location, FileLayout layout)
    {
        if (IsAlone(location, context)) return [];
        var described = new RuleContext(context.Config, context.Site with { BackendPath = wanted }, context.Version, context.Passes);
        while (described is not null && described.Route.Location?.Origin != location.Origin) described = described.Inner;
        return described is not null && new LocationBeside(
            described, layout, location.Origin.Document,
            new RepairFacts { ServesPath = true }).Before(described.Route.Location!) is { } edit ? [edit] : [];
    }

    /// <summary>
    /// Another replacement in the location's only rewrite: where the location is for the WebSocket alone nobody else asks for it.
    /// </summary>
    private static IEnumerable<TextEdit> OwnRewrites(LocationScope location, FileLayout layout, string wanted) =>
        location.Directives
            .Where(directive => directive.Id == DirectiveName.Rewrite && directive.Document == location.Origin.Document).Take(1)
            .Select(rewrite => layout.Replace(rewrite.Index, 1, wanted));

    private static bool IsAlone(LocationScope location, RuleContext context) =>
        !location.IsRegex && location.Path.TrimEnd('/') == NginxText.Take(context.Site.WebSocketPath).TrimEnd('/');
}
