namespace Summit.Ops;

/// <summary>An edit of a configuration that would mend what was found; nothing of it is done yet.</summary>
public sealed record SummitProposedFix
{
    /// <summary>The file.</summary>
    public required string Path { get; init; }

    /// <summary>The command that makes the change: tested, backed up, verified, or undone.</summary>
    public required string Command { get; init; }

    /// <summary>The change as a unified diff.</summary>
    public required string Diff { get; init; }

    /// <summary>What the command does, one line a step.</summary>
    public IReadOnlyList<string> Steps { get; init => field = ItemList.Of(value); } = ItemList<string>.None;

    /// <summary>The command.</summary>
    public override string ToString() => Command;
}
