using System.Net;
using Summit.Ops.Checks.Nginx;
using Summit.Ops.Evidence;
using Summit.Ops.Nginx.Editing;
using Summit.Ops.Nginx.Semantics;
using Summit.Ops.Nginx.Syntax;

namespace Summit.Ops.Diagnosis.Proving;

/// <summary>
/// The edit that makes nginx send the variation for which the backend opened: one header line, another URL in proxy_pass, another rewrite.
/// </summary>
internal static class ReplayedEdit
{
    /// <summary>The file with that edit; the file itself where no edit of its location makes nginx send exactly that request.</summary>
    /// <param name="file">The site's file, repaired as far as its text alone says.</param>
    /// <param name="evidence">The evidence, with its replays.</param>
    public static SummitNginxConfig Over(SummitNginxConfig file, SiteEvidence evidence)
    {
        var facts = evidence.Replayed;
        if (facts.AfterChange is { Opens: true } || (facts.Variation ?? facts.WithUpgrade) is not { Opens: true } variation) return file;
        var layout = new FileLayout(file.Model.Files.Main);
        for (var proxy = new RuleContext(file, evidence.Site, evidence.Host?.NginxVersion); proxy is not null; proxy = proxy.Inner)
        {
            if (proxy.Route is not { Proxy: not null, Location: { } location } || proxy.Route.Level != location
                || location.Origin.Document != file.Model.Files.Main)
            {
                continue;
            }

            foreach (var edit in Candidates(variation, proxy, location, layout))
            {
                var edited = file.With(edit.Apply(file.Model.Files.Main.Bytes));
                if (edited.Model.Files.Main.Errors.Count > 0) continue;
                // nginx sends exactly that request, or one that opened with the same thing changed
                if (ChangeGate.Opening(
                    ProposedConfig.Of(edited.ToBytes(), evidence),
                    evidence.Site, evidence,
                    replay => replay.Form == variation.Form && replay.Of == variation.Of) is not null)
                {
                    return edited;
                }
            }
        }

        return file;
    }

    private static IEnumerable<TextEdit> Candidates(
        SummitReplay variation, RuleContext context, LocationScope location, FileLayout layout) => variation.Form switch
        {
            SummitReplayForm.WithForwardedProto when context.Request.Forwarded is null =>
                [Header("X-Forwarded-Proto", "$scheme", location, layout)],
            // what the proxy in front says is true where no other client gets here
            SummitReplayForm.WithForwardedProto =>
                IsForThisMachine(context) ? [Header("X-Forwarded-Proto", "$http_x_forwarded_proto", location, layout)] : [],
            SummitReplayForm.WithForwardedHost => [Header("X-Forwarded-Host", "$http_host", location, layout)],
            SummitReplayForm.WithClientOrigin => [Header("Origin", "$http_origin", location, layout)],
            SummitReplayForm.WithClientHost => [Header("Host", "$host", location, layout), Header("Host", "$http_host", location, layout)],
            SummitReplayForm.WithPlainConnection or SummitReplayForm.WithUpgrade => [Header("Connection", "\"upgrade\"", location, layout)],
            SummitReplayForm.WithOtherScheme or SummitReplayForm.WithOtherPath =>
                ReplayedUri.Candidates(variation, context, location, layout),
            // an Origin or an address that nginx hides from the application is a check that is switched off
            _ => [],
        };

    private static bool IsForThisMachine(RuleContext context) => context.Route.Server is { Listens: { Count: > 0 } listens }
        && listens.TrueForAll(listen => listen.Port == 0 || listen.Host == "localhost"
            || (IPAddress.TryParse(listen.Host, out var address) && IPAddress.IsLoopback(address)));

    /// <summary>A header set in its place, or added; a location's first header brings those along that it had from outside.</summary>
    private static TextEdit Header(string name, string value, LocationScope location, FileLayout layout)
    {
        foreach (var own in location.Directives)
        {
            if (own.Id == DirectiveName.ProxySetHeader && own.Document == location.Origin.Document
                && own.Argument(0).Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return layout.Replace(own.Index, 1, value);
            }
        }

        var (inherited, origin) = EffectiveDirectives.Find(location, DirectiveName.ProxySetHeader);
        List<string> lines = origin is null || origin == location ? [] : [.. inherited
            .Where(directive => !directive.Argument(0).Equals(name, StringComparison.OrdinalIgnoreCase))
            .Select(LocationRepair.AsWritten)];
        return layout.AtEnd(location.Origin.Index, [.. lines, $"proxy_set_header {name} {value};"]);
    }
}
