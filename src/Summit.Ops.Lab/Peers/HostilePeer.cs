namespace Summit.Ops.Lab.Peers;

/// <summary>How a hostile peer is dialled.</summary>
public enum PeerTransport
{
    /// <summary>Plain TCP, as <c>ws://</c>.</summary>
    Plain,

    /// <summary>The peer speaks TLS, as <c>wss://</c>; what is odd comes after the handshake.</summary>
    Tls,

    /// <summary>The peer has no TLS of its own and is dialled as <c>wss://</c>: it answers the TLS greeting itself.</summary>
    PlainDialledAsTls,

    /// <summary>The peer speaks TLS and is dialled as <c>ws://</c>.</summary>
    TlsDialledAsPlain,
}

/// <summary>A peer that does something odd or wrong, and what a probe must make of it.</summary>
/// <param name="Name">What it does, in a few words.</param>
/// <param name="Behaviour">How.</param>
/// <param name="Stage">The layer at which a probe must end; None where it must cope.</param>
/// <param name="Cause">The cause it must name.</param>
public sealed record HostilePeer(string Name, PeerBehaviour Behaviour, SummitProbeStage Stage, SummitCause Cause)
{
    /// <summary>How it is dialled.</summary>
    public PeerTransport Transport { get; init; }

    /// <summary>Whether it demands a client certificate.</summary>
    public bool DemandsClientCertificate { get; init; }

    /// <summary>Whether a probe has to use up its time to know.</summary>
    public bool UsesUpTheTime { get; init; }

    /// <summary>A part of what the body's head must show; empty for nothing in particular.</summary>
    public string BodyShows { get; init; } = "";

    /// <summary>The close code that a probe must report, or null.</summary>
    public int? CloseCode { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
