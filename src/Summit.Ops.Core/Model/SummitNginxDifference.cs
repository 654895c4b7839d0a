namespace Summit.Ops;

/// <summary>What kind of difference there is between two configurations.</summary>
public enum SummitNginxDifferenceKind
{
    /// <summary>The text of the files differs; <see cref="SummitNginxDifference.Diff"/> has the lines.</summary>
    Text,

    /// <summary>A server block is only in one of them.</summary>
    Server,

    /// <summary>A server block listens elsewhere.</summary>
    Listen,

    /// <summary>A location is only in one of them.</summary>
    Location,

    /// <summary>A directive that holds has another value, or holds in only one of them.</summary>
    Directive,

    /// <summary>Rewrites, conditions or access rules are others, or in another order.</summary>
    Script,

    /// <summary>
    /// An <c>upstream</c> group that the server's requests are passed to has other servers or settings, or is only in one of them.
    /// </summary>
    Upstream,

    /// <summary>
    /// A <c>map</c>, <c>geo</c> or <c>split_clients</c> whose variable the server uses says something else, or is only in one of them.
    /// </summary>
    Variable,

    /// <summary>Regex locations stand in another order, and the first that matches wins.</summary>
    RegexOrder,
}

/// <summary>One difference between a reference configuration and another.</summary>
public sealed record SummitNginxDifference
{
    /// <summary>What kind it is.</summary>
    public required SummitNginxDifferenceKind Kind { get; init; }

    /// <summary>Whether nginx does something else because of it; false for mere text.</summary>
    public required bool ChangesMeaning { get; init; }

    /// <summary>The server block, by its names; empty for the text.</summary>
    public string Server { get; init; } = "";

    /// <summary>The location, as written; empty for the server's own.</summary>
    public string Location { get; init; } = "";

    /// <summary>The directive's name; empty where it is about more than one.</summary>
    public string Name { get; init; } = "";

    /// <summary>What the reference has; empty where it has none.</summary>
    public string Reference { get; init; } = "";

    /// <summary>What the other has; empty where it has none.</summary>
    public string Actual { get; init; } = "";

    /// <summary>The file of the other configuration that it is about.</summary>
    public string File { get; init; } = "";

    /// <summary>The line there, from 1; null where there is none.</summary>
    public int? Line { get; init; }

    /// <summary>The unified diff from the reference to the other, for <see cref="SummitNginxDifferenceKind.Text"/>; else empty.</summary>
    public string Diff { get; init; } = "";

    /// <summary>One line for people.</summary>
    public override string ToString() => Kind == SummitNginxDifferenceKind.Text
        ? $"{File}: the text differs"
        : $"{(Location.Length > 0 ? Location : Server)}: {(Name.Length > 0 ? Name : Kind.ToString())}: "
            + $"{(Reference.Length > 0 ? Reference : "nothing")} -> {(Actual.Length > 0 ? Actual : "nothing")}";
}
