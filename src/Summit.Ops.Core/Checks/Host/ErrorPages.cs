using Summit.Ops.Evidence;
using Summit.Ops.Evidence.Replaying;
using Summit.Ops.Nginx;
using Summit.Ops.Nginx.Semantics;
using Summit.Ops.Nginx.Syntax;

namespace Summit.Ops.Checks.Host;

/// <summary>The <c>error_page</c> that answers in place of a status where the handshake goes.</summary>
/// <param name="Shown">The directive with its place, for people.</param>
/// <param name="Sends">The status that clients see; 0 where the page has its own, null where the error's stays.</param>
internal sealed record ErrorPages(string Shown, int? Sends)
{
    /// <summary>The page for a status; null where there is none.</summary>
    public static ErrorPages? For(int status, SiteEvidence evidence)
    {
        if (evidence.Host?.Disk is not { } disk || evidence.Route is not { Kind: SummitNginxRouteKind.Proxy }) return null;
        var trace = NginxRouter.Trace(disk, UpstreamReplay.Client(evidence.Site, evidence.Host.NginxVersion, token: null));
        if (trace.Level is not { } level) return null;
        var page = EffectiveDirectives.Find(level, DirectiveName.ErrorPage).Directives
            .FirstOrDefault(page => page.Arguments().SkipLast(1).Contains($"{status}"));
        if (page.Document is null) return null;
        var code = page.Arguments().SkipLast(1).LastOrDefault(word => word.StartsWith('='));
        return new ErrorPages(
            $"error_page {page.ShowArguments()} ({page.File}:{page.Line})",
            code is null ? null : int.TryParse(code.AsSpan(1), out var other) ? other : 0);
    }

    /// <summary>Whether a client that nginx answers with one status may see the other one.</summary>
    public static bool Turns(int status, int shown, SiteEvidence evidence) =>
        For(status, evidence) is { Sends: { } sends } && (sends == 0 || sends == shown);
}
