namespace Summit.Ops;

/// <summary>What a deployment, a reload or a restore did on one host.</summary>
public sealed record SummitDeployment
{
    /// <summary>The host.</summary>
    public required SummitTarget Target { get; init; }

    /// <summary>The file, or the service.</summary>
    public required string Path { get; init; }

    /// <summary>What was done: Deploy, Restore, Reload, Restart.</summary>
    public required string Action { get; init; }

    /// <summary>Whether anything on the host is other than before.</summary>
    public required bool Changed { get; init; }

    /// <summary>Whether <c>nginx -t</c> passed on what is deployed.</summary>
    public bool Tested { get; init; }

    /// <summary>
    /// Whether nginx took the configuration: new worker processes, no new <c>[emerg]</c>. Of a backend: whether
    /// it was started anew and serves.
    /// </summary>
    public bool Reloaded { get; init; }

    /// <summary>Whether a WebSocket probe afterwards succeeded.</summary>
    public bool Verified { get; init; }

    /// <summary>Whether the old state was put back.</summary>
    public bool RolledBack { get; init; }

    /// <summary>The copy of what was there before; empty where nothing was.</summary>
    public string BackupPath { get; init; } = "";

    /// <summary>SHA-256 of what was there before; empty where nothing was.</summary>
    public string PreviousSha256 { get; init; } = "";

    /// <summary>SHA-256 of what is there now.</summary>
    public string Sha256 { get; init; } = "";

    /// <summary>The change as a unified diff; empty where there is none.</summary>
    public string Diff { get; init; } = "";

    /// <summary>What was said on the way: nginx's own output, and the reason of a roll-back.</summary>
    public string Output { get; init; } = "";

    /// <summary>What the probe after it showed, or null where none was made.</summary>
    public SummitWebSocketResult? WebSocket { get; init; }

    /// <summary>How many WebSockets were held open through it; zero where none opened before it, or none was to be held.</summary>
    public int ConnectionsHeld { get; init; }

    /// <summary>How many of them were open after it.</summary>
    public int ConnectionsKept { get; init; }

    /// <summary>
    /// The longest time in which no new WebSocket opened, of those tried five times a second meanwhile; zero where each opened.
    /// </summary>
    public TimeSpan LongestGap { get; init; }

    /// <summary>When the first new WebSocket did not open; null where each did.</summary>
    public DateTimeOffset? FirstRefused { get; init; }

    /// <summary>
    /// Whether what was to be done is done and was not taken back; whether a WebSocket opens as well is <see cref="Verified"/>.
    /// </summary>
    public bool Stands => !RolledBack && (Reloaded || Tested) && WebSocket is not null;

    /// <summary>How long it took.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>What was done to what, where, and what became of it.</summary>
    public override string ToString() =>
        $"{Action} {Path} on {Target}: "
            + $"{(RolledBack ? "rolled back" : Verified ? "verified" : Changed ? "changed, not verified" : "nothing to change")}";
}
