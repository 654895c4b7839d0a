namespace Summit.Ops.Reporting.Html;

/// <summary>
/// The request's way through the configuration: why this server, why this location, what holds there, and what was lost on the way.
/// </summary>
internal static class RouteSection
{
    /// <summary>The section.</summary>
    public static Markup Of(SummitNginxRoute route, string id)
    {
        var lost = route.Effective.Where(directive => !directive.Holds).ToList();
        var holds = route.Effective.Where(directive => directive.Holds && directive.Line > 0).ToList();
        var defaults = route.Effective.Count(directive => directive.Holds && directive.Line == 0);
        var count = $"{holds.Count} directives hold{(defaults > 0 ? $", and {defaults} defaults of nginx" : "")}";
        var lostTable = Table(lost, "Directives that seem to hold and do not", "Why it does not hold", directive => directive.LostBecause);
        var heldTable = Table(holds, "Directives that hold for this request", "Inherited from", directive => directive.InheritedFrom);
        var upgrade = route.Upgrades
            ? Badges.Badge("good", "✓", "reaches the backend")
            : Badges.Badge("bad", "✕", "does not reach the backend");
        return Markup.Of($"""
            <section aria-labelledby="{id}-route"><h2 id="{id}-route">The request’s way through the configuration</h2>
            <dl class="facts">
            {Fact("Request", Markup.Of($"<code>{route.Uri}</code>"))}
            {Fact("Server block", route.Server is { } server
                ? Markup.Of($"<code>server {server.ToString()}</code>{At(server.File, server.Line)}")
                : Markup.Of($"none answers"))}
            {Fact("Location", route.Location is { } location
                ? Markup.Of($"<code>{location.ToString()}</code>{At(location.File, location.Line)}")
                : Markup.Of($"none"))}
            {Fact("Ends as", Ends(route))}
            {Fact("Upgrade", upgrade)}
            </dl>
            <ol class="steps">{route.Steps.Select(step => Markup.Of($"<li>{step}</li>"))}</ol>
            {(lost.Count > 0 ? Markup.Of($"""<h3>Lost on the way</h3>{lostTable}""") : Markup.None)}
            {(holds.Count > 0 ? Markup.Of($"""<details class="aside"><summary>{count}</summary>{heldTable}</details>""") : Markup.None)}
            </section>

            """);
    }

    private static Markup Ends(SummitNginxRoute route) => route.Kind switch
    {
        SummitNginxRouteKind.Proxy => Markup.Of(
            $"passed to <code>{route.ProxyPass}</code>{(route.Upstreams.Count > 0 ? $" ({string.Join(", ", route.Upstreams)})" : "")}"),
        SummitNginxRouteKind.Static => Markup.Of($"a file: nothing passes it to a backend"),
        SummitNginxRouteKind.Return => Markup.Of($"answered by nginx itself{(route.Status is { } status ? $" with {status}" : "")}"
            + $"{(route.RedirectTo.Length > 0 ? $", to {route.RedirectTo}" : "")}"),
        SummitNginxRouteKind.Rewrite => Markup.Of($"rewritten until nginx gives up"),
        SummitNginxRouteKind.NoMatch => Markup.Of($"no server block listens there"),
        _ => Markup.Of($"not known: see the last steps"),
    };

    private static Markup Fact(string name, Markup value) => Markup.Of($"""<div><dt>{name}</dt><dd>{value}</dd></div>""");

    private static Markup At(string file, int line) => Markup.Of($""" <span class="quiet mono">{ReportWords.Place(file, line)}</span>""");

    private static Markup Table(
        List<SummitNginxEffectiveDirective> directives,
        string caption, string last,
        Func<SummitNginxEffectiveDirective, string> value) => Markup.Of($"""
            <table class="stack">
            <caption class="hidden">{caption}</caption>
            <thead><tr><th scope="col">Directive</th><th scope="col">Where</th><th scope="col">{last}</th></tr></thead>
            <tbody>{directives.Select(directive => Markup.Of(
                $"""<tr><th scope="row"><code>{directive.ToString()}</code></th><td class="mono """
                    + $"""quiet">{ReportWords.Place(directive.File, directive.Line)}</td>"""
                    + $"""<td>{value(directive)}</td></tr>"""))}</tbody>
            </table>
            """);
}
