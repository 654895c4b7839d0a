namespace Summit.Ops.Lab;

/// <summary>How a lab is started.</summary>
public sealed record LabOptions
{
    /// <summary>What is broken in it; null for nothing.</summary>
    public Scenario? Scenario { get; init; }

    /// <summary>
    /// What runs the backend. A test that does not look at pm2 takes <see cref="LabBackendKind.InProcess"/>, which starts at once.
    /// </summary>
    public LabBackendKind Backend { get; init; } = LabBackendKind.Auto;

    /// <summary>The name that clients use; it has to resolve to 127.0.0.1 for <see cref="LabInstance.Uri"/> to be dialable.</summary>
    public string ServerName { get; init; } = "localhost";

    /// <summary>What it may take from the machine; null for what the environment says.</summary>
    public LabSettings? Settings { get; init; }

    /// <summary>Told what takes a while: a download, an installation.</summary>
    public IProgress<string>? Progress { get; init; }
}
