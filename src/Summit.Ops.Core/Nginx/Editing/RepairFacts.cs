namespace Summit.Ops.Nginx.Editing;

/// <summary>
/// What is known of the backend beside the configuration, and decides between edits: an edit that rests on one of these
/// is made only where it is true.
/// </summary>
/// <remarks>A file that is mended without a host has none of them.</remarks>
internal sealed record RepairFacts
{
    /// <summary>Nothing is known.</summary>
    public static RepairFacts None { get; } = new();

    /// <summary>The backend speaks TLS at its port.</summary>
    public bool SpeaksTls { get; init; }

    /// <summary>The backend speaks plain HTTP at its port.</summary>
    public bool SpeaksPlain { get; init; }

    /// <summary>The backend opens at the path of the site's description, asked past nginx.</summary>
    public bool ServesPath { get; init; }

    /// <summary>Nothing takes connections at the address in proxy_pass, and the site's backend opens for the same request.</summary>
    public bool RefusedAtUpstream { get; init; }

    /// <summary>nginx itself refuses the request line as too long (414).</summary>
    public bool RequestRefused { get; init; }

    /// <summary>The backend's answer has a larger header than nginx's buffer.</summary>
    public bool HeaderTooBig { get; init; }
}
