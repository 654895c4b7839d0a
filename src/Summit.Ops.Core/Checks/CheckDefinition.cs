namespace Summit.Ops.Checks;

/// <summary>All that is known of a check before it looks: each other list of checks is made from these.</summary>
/// <param name="Id">The stable id.</param>
/// <param name="Title">One line for people, for a site.</param>
/// <param name="Severity">What a failure costs, unless the finding says otherwise.</param>
/// <param name="Sees">What it looks at.</param>
internal sealed record CheckDefinition(string Id, Func<SummitSite, string> Title, SummitSeverity Severity, SummitRuleScope Sees)
{
    private static readonly SummitSite Default = new();

    /// <summary>A check with the same title for each site.</summary>
    public CheckDefinition(string id, string title, SummitSeverity severity, SummitRuleScope sees)
        : this(id, _ => title, severity, sees)
    {
    }

    /// <summary>The causes that a failure can name.</summary>
    public IReadOnlyList<SummitCause> Causes { get; init; } = [];

    /// <summary>Those of them that it looks at itself: if each check that does so is Unknown, the cause is not ruled out.</summary>
    public IReadOnlyList<SummitCause> LooksAt { get; init; } = [];

    /// <summary>The check that speaks in place of this one where both fail for the same cause; null for none.</summary>
    public string? Restates { get; init; }

    /// <summary>Whether it only shows what a client sees: that is a cause only where nothing else explains it.</summary>
    public bool IsSymptom { get; init; }

    /// <summary>The title for a site with the default values.</summary>
    public string GeneralTitle => Title(Default);

    /// <summary>The page that explains it.</summary>
    public string HelpUri => $"docs/rules/{Id}.md";

    /// <summary>A finding on a target, for a check with one title.</summary>
    public Finding On(string target) => On(target, Default);

    /// <summary>A finding on a target, for a site.</summary>
    public Finding On(string target, SummitSite site) => new(this, Title(site), Severity, target);
}
