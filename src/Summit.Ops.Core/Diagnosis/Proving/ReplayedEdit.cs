using System.Text;
using Summit.Ops.Checks.Nginx;
using Summit.Ops.Evidence;
using Summit.Ops.Evidence.Replaying;
using Summit.Ops.Nginx.Editing;
using Summit.Ops.Nginx.Semantics;
using Summit.Ops.Nginx.Syntax;

namespace Summit.Ops.Diagnosis.Proving;

/// <summary>The edit that makes nginx send the variation for which the backend opened: one header line, or another URL in proxy_pass.</summary>
internal static class ReplayedEdit
{
    /// <summary>The file with that edit; the file itself where no edit of its location makes nginx send exactly that request.</summary>
    /// <param name="file">The site's file, repaired as far as its text alone says.</param>
    /// <param name="evidence">The evidence, with its replays.</param>
    public static SummitNginxConfig Over(SummitNginxConfig file, SiteEvidence evidence)
    {
        var facts = evidence.Replayed;
        if (facts.Variation is not { Opens: true } variation || facts.AfterChange is { Opens: true }) return file;
        var context = new RuleContext(file, evidence.Site, evidence.Host?.NginxVersion);
        if (context.Route is not { Proxy: { } proxy, Location: { } location } || context.Route.Level != location || location.Origin.Document != file.Model.Files.Main) return file;
        var layout = new FileLayout(file.Model.Files.Main);
        foreach (var edit in Candidates(variation.Form, proxy, location, layout, evidence.Site))
        {
            var edited = file.With(edit.Apply(file.Model.Files.Main.Bytes));
            var sent = UpstreamReplay.Of(SummitReplayForm.AfterChange, ProposedConfig.Of(edited.ToBytes(), evidence), evidence.Site, evidence.Host?.NginxVersion, token: null);
            if (ChangeGate.IsSame(variation, sent)) return edited;
        }

        return file;
    }

    private static IEnumerable<TextEdit> Candidates(SummitReplayForm form, ProxyTarget proxy, LocationScope location, FileLayout layout, SummitSite site) => form switch
    {
        SummitReplayForm.WithForwardedProto => [Header("X-Forwarded-Proto", "$scheme", location, layout)],
        SummitReplayForm.WithClientOrigin => [Header("Origin", "$http_origin", location, layout)],
        SummitReplayForm.WithClientHost => [Header("Host", "$host", location, layout), Header("Host", "$http_host", location, layout)],
        SummitReplayForm.WithOtherScheme or SummitReplayForm.WithOtherPath when IsPlain(proxy, location) => Urls(form, proxy, location, site).Select(url => layout.Replace(proxy.Directive.Index, 0, url)),
        // an Origin or an address that nginx hides from the application is a check that is switched off
        _ => [],
    };

    private static bool IsPlain(ProxyTarget proxy, LocationScope location) => proxy.Directive.Document == location.Origin.Document && !VariableText.HasVariables(proxy.Directive.Argument(0));

    private static IEnumerable<string> Urls(SummitReplayForm form, ProxyTarget proxy, LocationScope location, SummitSite site)
    {
        var url = NginxText.Utf8(proxy.Directive.Argument(0));
        var authority = url.IndexOf("://", StringComparison.Ordinal) + 3;
        if (form == SummitReplayForm.WithOtherScheme) return [(proxy.Https ? "http://" : "https://") + url[authority..]];
        if (url.AsSpan(authority).StartsWith("unix:", StringComparison.Ordinal)) return [];
        var path = url.AsSpan(authority).IndexOfAny('/', '?');
        var server = path < 0 ? url : url[..(authority + path)];
        // a URI part is not allowed in a location by a regular expression
        return location.IsRegex ? [server] : [server, server + site.WebSocketPath, server + SiteProbes.BackendPath(site), server + site.WebSocketPath + "/", server + "/", server + NginxText.Utf8(location.Path)];
    }

    /// <summary>A header set in its place, or added; a location's first header brings those along that it had from outside.</summary>
    private static TextEdit Header(string name, string value, LocationScope location, FileLayout layout)
    {
        foreach (var own in location.Directives)
        {
            if (own.Id == DirectiveName.ProxySetHeader && own.Document == location.Origin.Document && own.Argument(0).Equals(name, StringComparison.OrdinalIgnoreCase)) return layout.Replace(own.Index, 1, value);
        }

        var (inherited, origin) = EffectiveDirectives.Find(location, DirectiveName.ProxySetHeader);
        List<string> lines = origin is null || origin == location ? [] : [.. inherited.Where(directive => !directive.Argument(0).Equals(name, StringComparison.OrdinalIgnoreCase)).Select(Copy)];
        return layout.AtEnd(location.Origin.Index, [.. lines, $"proxy_set_header {name} {value};"]);
    }

    private static string Copy(DirectiveRef directive) => Encoding.UTF8.GetString(directive.Document.Bytes, directive.Node.Start, directive.Node.End - directive.Node.Start).ReplaceLineEndings(" ");
}
