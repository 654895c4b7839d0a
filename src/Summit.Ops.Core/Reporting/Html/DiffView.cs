namespace Summit.Ops.Reporting.Html;

/// <summary>A unified diff, each line with its sign and its colour.</summary>
internal static class DiffView
{
    /// <summary>A section with a heading, an introduction and the diff.</summary>
    public static Markup Section(string diff, string id, string heading, Markup introduction) =>
        diff.Length == 0 ? Markup.None : Markup.Of($"""
            <section aria-labelledby="{id}-diff"><h2 id="{id}-diff">{heading}</h2>
            {introduction}
            {Of(diff, heading)}
            </section>

            """);

    /// <summary>The diff alone.</summary>
    public static Markup Of(string diff, string name) => Markup.Of($"""
        <pre class="diff" tabindex="0" role="group" aria-label="{name}, as a diff"><code>{diff
            .TrimEnd('\n')
            .Split('\n')
            .Select(Line)}</code></pre>
        """);

    private static Markup Line(string line) => line switch
    {
        _ when line.StartsWith("+++", StringComparison.Ordinal) || line.StartsWith("---", StringComparison.Ordinal) =>
            Markup.Of($"""<span class="file">{line}</span>"""),
        ['+', ..] => Markup.Of($"""<ins>{line}</ins>"""),
        ['-', ..] => Markup.Of($"""<del>{line}</del>"""),
        ['@', ..] => Markup.Of($"""<span class="hunk">{line}</span>"""),
        _ => Markup.Of($"""<span>{line}</span>"""),
    };
}
