namespace Summit.Ops;

/// <summary>A copy of a site's configuration file, made by a deployment before it changed the file.</summary>
public sealed record SummitNginxBackup
{
    /// <summary>The host.</summary>
    public required SummitTarget Target { get; init; }

    /// <summary>The copy's path on the host.</summary>
    public required string Path { get; init; }

    /// <summary>The file it is a copy of.</summary>
    public required string Original { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>Its size in bytes.</summary>
    public required long Size { get; init; }

    /// <summary>SHA-256 of its bytes, hexadecimal, lower case.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Whether the file is the same as this copy now.</summary>
    public required bool IsCurrent { get; init; }

    /// <summary>The path.</summary>
    public override string ToString() => Path;
}
