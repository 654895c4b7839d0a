namespace Summit.Ops.Reporting.Html;

/// <summary>What was broken before a repair, and each of its steps with its change and what became of it.</summary>
internal static class RepairSection
{
    /// <summary>The section; the diagnosis that says how it stands now comes after it.</summary>
    public static Markup Of(SummitRepair repair, string id) => Markup.Of($"""
        <section aria-labelledby="{id}-repair"><h2 id="{id}-repair">The repair</h2>
        {(repair.Before.Causes.Count == 0
            ? Markup.None
            : Markup.Of($"<h3>Broken before</h3><ul>{repair.Before.Causes.Select(Cause)}</ul>"))}
        {(repair.Plan.Count == 0 ? Markup.None : Markup.Of($"""<h3>Steps</h3><ol class="steps">{repair.Plan.Select(Step)}</ol>"""))}
        </section>

        """);

    private static Markup Cause(SummitDiagnosedCause cause) =>
        Markup.Of($"""<li><code>{cause.Cause}</code>: {cause.Explanation} <span class="quiet">{cause.Evidence}</span></li>""");

    private static Markup Step(SummitRepairStep step) => Markup.Of($"""
        <li>{Badge(step.Status)} <strong>{step.Description}</strong> <span class="quiet">for {string.Join(", ", step.Causes)}</span>
        {(step.Result.Length > 0 ? Markup.Of($"""<p class="quiet">{step.Result}</p>""") : Markup.None)}
        {(step.Diff.Length > 0 ? DiffView.Of(step.Diff, step.Description) : Markup.None)}
        {(step.Status is SummitRepairStepStatus.Done ? Markup.None : Markup.Of(
            $"""<pre tabindex="0" role="group" aria-label="The command of this step alone"><code>{step.Command}</code></pre>"""))}
        </li>
        """);

    private static Markup Badge(SummitRepairStepStatus status) => status switch
    {
        SummitRepairStepStatus.Done => Badges.Badge("good", "✓", "Done"),
        SummitRepairStepStatus.Failed => Badges.Badge("bad", "✕", "Failed"),
        SummitRepairStepStatus.Planned => Badges.Badge("unknown", "…", "Planned"),
        SummitRepairStepStatus.Declined => Badges.Badge("warn", "!", "Declined"),
        _ => Badges.Badge("quiet", "–", "Not begun"),
    };
}
