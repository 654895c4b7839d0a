namespace Summit.Ops;

/// <summary>What a check looks at.</summary>
public enum SummitRuleScope
{
    /// <summary>Files: nginx's configuration, as nginx reads it, and the site's own.</summary>
    Files,

    /// <summary>What runs on the host: nginx, its log, its listeners.</summary>
    Host,

    /// <summary>The backend: its process, its log, its answer to a handshake.</summary>
    Backend,

    /// <summary>What a client outside sees, and the network in front of the host.</summary>
    Outside,
}

/// <summary>A check that this module makes: what it looks at, what it can find, and where it is explained.</summary>
public sealed record SummitRule
{
    /// <summary>The id of the check, as in <see cref="SummitCheck.Id"/>.</summary>
    public required string Id { get; init; }

    /// <summary>One line for people; for a site with the default values.</summary>
    public required string Title { get; init; }

    /// <summary>What a failure costs; a failure that breaks less, or more, says so in <see cref="SummitCheck.Severity"/>.</summary>
    public required SummitSeverity Severity { get; init; }

    /// <summary>What it looks at.</summary>
    public required SummitRuleScope Sees { get; init; }

    /// <summary>The causes that a failure can name; none for mere advice.</summary>
    public IReadOnlyList<SummitCause> Causes { get; init => field = ItemList.Of(value); } = ItemList<SummitCause>.None;

    /// <summary>The check that speaks where both fail for the same cause; empty for none.</summary>
    public string Restates { get; init; } = "";

    /// <summary>What it is about, in a few sentences.</summary>
    public required string Description { get; init; }

    /// <summary>A configuration that fails it; empty where the check reads no configuration.</summary>
    public string BadExample { get; init; } = "";

    /// <summary>A configuration that looks alike and passes; empty where the check reads no configuration.</summary>
    public string GoodExample { get; init; } = "";

    /// <summary>The page that explains it, as in <see cref="SummitCheck.HelpUri"/>.</summary>
    public required string HelpUri { get; init; }

    /// <summary>Id and title.</summary>
    public override string ToString() => $"{Id}: {Title}";
}
