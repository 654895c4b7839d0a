namespace Summit.Ops.Reporting.Html;

/// <summary>What a deployment did, step by step, and the change itself.</summary>
internal static class DeploymentSection
{
    /// <summary>The section.</summary>
    public static Markup Of(SummitDeployment deployment, string id) => Markup.Of($"""
        <section aria-labelledby="{id}-done"><h2 id="{id}-done">What was done</h2>
        <dl class="facts">
        {Fact("Changed", Yes(deployment.Changed))}
        {Fact("Tested", Yes(deployment.Tested))}
        {Fact("Reloaded", Yes(deployment.Reloaded))}
        {Fact("Verified", deployment.Verified ? Badges.Badge("good", "✓", "yes") : Badges.Badge(
            deployment.WebSocket is null ? "unknown" : "bad",
            deployment.WebSocket is null ? "?" : "✕",
            deployment.WebSocket is null ? "not tried" : "no"))}
        {(deployment.RolledBack ? Fact("Rolled back", Badges.Badge("warn", "!", "yes: the old state was put back")) : Markup.None)}
        {(deployment.BackupPath.Length > 0 ? Fact("Backup", Markup.Of($"<code>{deployment.BackupPath}</code>")) : Markup.None)}
        {(deployment.PreviousSha256.Length > 0
            ? Fact("SHA-256 before", Markup.Of($"<code>{deployment.PreviousSha256}</code>"))
            : Markup.None)}
        {(deployment.Sha256.Length > 0 ? Fact("SHA-256 now", Markup.Of($"<code>{deployment.Sha256}</code>")) : Markup.None)}
        </dl>
        {(deployment.Output.Length > 0
            ? Markup.Of($"""<p class="label">What was said on the way</p><pre class="plain" tabindex="0" role="group" aria-label="What """
                + $"""was said on the way"><code>{deployment.Output}</code></pre>""")
            : Markup.None)}
        </section>
        {DiffView.Section(deployment.Diff, id, "The change", Markup.None)}
        {(deployment.WebSocket is { } probe ? Markup.Join([Waterfall.Of([probe], id), ProbeDetails.Of([probe], id)]) : Markup.None)}

        """);

    private static Markup Yes(bool done) => Badges.Badge(done ? "good" : "quiet", done ? "✓" : "–", done ? "yes" : "no");

    private static Markup Fact(string name, Markup value) => Markup.Of($"""<div><dt>{name}</dt><dd>{value}</dd></div>""");
}
