namespace Summit.Ops;

/// <summary>The layer a probe ended at.</summary>
public enum SummitProbeStage
{
    /// <summary>Every layer was passed.</summary>
    None,

    /// <summary>The name.</summary>
    Dns,

    /// <summary>The connection.</summary>
    Tcp,

    /// <summary>The HTTP proxy on the way.</summary>
    Proxy,

    /// <summary>The TLS handshake and the certificate.</summary>
    Tls,

    /// <summary>The HTTP upgrade.</summary>
    Upgrade,

    /// <summary>The messages after the 101.</summary>
    Message,

    /// <summary>Staying open for the time asked.</summary>
    Hold,

    /// <summary>The closing handshake.</summary>
    Close,
}

/// <summary>Who ended the connection.</summary>
public enum SummitClosedBy
{
    /// <summary>Nobody: it never opened.</summary>
    None,

    /// <summary>The server, with a Close frame.</summary>
    Peer,

    /// <summary>The stream ended, or was reset, without a Close frame.</summary>
    Transport,

    /// <summary>The probe, when it had seen enough.</summary>
    Client,
}

/// <summary>What one look at a WebSocket endpoint showed.</summary>
public sealed record SummitWebSocketResult
{
    /// <summary>What was probed; a token or password in it is redacted.</summary>
    public required string Uri { get; init; }

    /// <summary>Which hop of a diagnosis this was: Backend, NginxLoopback, PrivateAddress, Public; empty for a probe of its own.</summary>
    public string Hop { get; init; } = "";

    /// <summary>How many handshakes were made at this hop: several where nginx has more than one backend to choose from.</summary>
    public int Handshakes { get; init; } = 1;

    /// <summary>How many of several handshakes failed.</summary>
    public int FailedHandshakes { get; init; }

    /// <summary>Whether every layer was passed.</summary>
    public bool Success => FailedStage == SummitProbeStage.None;

    /// <summary>The layer that failed; <see cref="SummitProbeStage.None"/> on success.</summary>
    public required SummitProbeStage FailedStage { get; init; }

    /// <summary>Why.</summary>
    public required SummitCause Cause { get; init; }

    /// <summary>What happened, in plain words.</summary>
    public required string Explanation { get; init; }

    /// <summary>The next command; empty on success.</summary>
    public string Fix { get; init; } = "";

    /// <summary>
    /// The redirects that were followed, in their order; everything else here is of the last hop, but for <see cref="Uri"/> and the
    /// total time. Empty where none was.
    /// </summary>
    public IReadOnlyList<SummitRedirect> Redirects { get; init => field = ItemList.Of(value); } = ItemList<SummitRedirect>.None;

    /// <summary>The address that was connected to; empty where none was.</summary>
    public string Address { get; init; } = "";

    /// <summary>Every address the name has, in the order they were tried.</summary>
    public IReadOnlyList<string> Addresses { get; init => field = ItemList.Of(value); } = ItemList<string>.None;

    /// <summary>Every connection that was tried (RFC 8305), and how it ended: why <see cref="Address"/> is the one that was used.</summary>
    public IReadOnlyList<SummitConnectionAttempt> Attempts
    {
        get;
        init => field = ItemList.Of(value);
    } = ItemList<SummitConnectionAttempt>.None;

    /// <summary>The port that was dialled.</summary>
    public int RemotePort { get; init; }

    /// <summary>How long each layer took.</summary>
    public SummitProbeTimings Timings { get; init; } = new();

    /// <summary>The TLS version, for example <c>TLS 1.3</c>; empty for <c>ws://</c>.</summary>
    public string TlsProtocol { get; init; } = "";

    /// <summary>The cipher suite; empty for <c>ws://</c>.</summary>
    public string TlsCipher { get; init; } = "";

    /// <summary>The certificate that was served, or null.</summary>
    public SummitCertificate? Certificate { get; init; }

    /// <summary>The status of the answer to the upgrade request; null where none came.</summary>
    public int? HttpStatus { get; init; }

    /// <summary>The reason phrase.</summary>
    public string HttpReason { get; init; } = "";

    /// <summary>The answer's headers in the order they came, names as sent; one entry for each line.</summary>
    public IReadOnlyList<SummitHeader> ResponseHeaders { get; init => field = ItemList.Of(value); } = ItemList<SummitHeader>.None;

    /// <summary>The first 4 KiB of the body of an answer that was no 101, decoded as UTF-8 with control characters made visible.</summary>
    public string ResponseBodyHead { get; init; } = "";

    /// <summary>
    /// Whether the answer is an error page of nginx's own: those name it and nothing else. One of an nginx behind this one looks the same.
    /// </summary>
    internal bool IsNginxPage => ResponseBodyHead.Contains("<center>nginx", StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// Who answered the upgrade request as far as the answer shows it, for example <c>nginx/1.22.1 itself</c> or
    /// <c>the backend, through nginx</c>; empty where nobody did.
    /// </summary>
    public string AnsweredBy { get; init; } = "";

    /// <summary>The subprotocol that was agreed on; empty for none.</summary>
    public string SubProtocol { get; init; } = "";

    /// <summary>The first message: its text, or <c>0x…</c> for a binary one; null where none came.</summary>
    public string? FirstMessage { get; init; }

    /// <summary>How many messages came in all.</summary>
    public int Messages { get; init; }

    /// <summary>Ping to pong, or null where it was not measured.</summary>
    public TimeSpan? RoundTrip { get; init; }

    /// <summary>
    /// The close code as a browser would show it: 1006 where the stream ended without a Close frame; null while it
    /// was never open or no close came.
    /// </summary>
    public int? CloseCode { get; init; }

    /// <summary>The reason in the Close frame.</summary>
    public string CloseReason { get; init; } = "";

    /// <summary>Who ended it.</summary>
    public SummitClosedBy ClosedBy { get; init; }

    /// <summary>Which try this was, from 1, where a failed probe was repeated.</summary>
    public int Tries { get; init; } = 1;

    /// <summary>When the probe began.</summary>
    public DateTimeOffset Started { get; init; }

    /// <summary>URI and outcome.</summary>
    public override string ToString() => Success ? $"{Uri}: open" : $"{Uri}: {FailedStage} failed, {Cause}";
}

/// <summary>How long each layer took; null where the probe did not get that far.</summary>
public sealed record SummitProbeTimings
{
    /// <summary>Resolving the name.</summary>
    public TimeSpan? Dns { get; init; }

    /// <summary>Connecting.</summary>
    public TimeSpan? Tcp { get; init; }

    /// <summary>Opening the tunnel through the HTTP proxy; null where there is none.</summary>
    public TimeSpan? Proxy { get; init; }

    /// <summary>The TLS handshake.</summary>
    public TimeSpan? Tls { get; init; }

    /// <summary>From the upgrade request to the end of the answer's headers.</summary>
    public TimeSpan? Upgrade { get; init; }

    /// <summary>From the 101 to the first message.</summary>
    public TimeSpan? FirstMessage { get; init; }

    /// <summary>From our Close to the peer's.</summary>
    public TimeSpan? Close { get; init; }

    /// <summary>All of it.</summary>
    public TimeSpan Total { get; init; }

    /// <summary>The layers that were passed, in milliseconds.</summary>
    public override string ToString()
    {
        (string Name, TimeSpan? Time)[] layers =
        [
            ("Dns", Dns), ("Tcp", Tcp), ("Proxy", Proxy), ("Tls", Tls), ("Upgrade", Upgrade), ("FirstMessage", FirstMessage),
            ("Close", Close), ("Total", Total),
        ];
        return string.Join(", ", layers.Where(layer => layer.Time is not null).Select(layer => string.Create(
            System.Globalization.CultureInfo.InvariantCulture, $"{layer.Name} {layer.Time!.Value.TotalMilliseconds:0.0} ms")));
    }
}

/// <summary>One header line.</summary>
/// <param name="Name">The name as sent.</param>
/// <param name="Value">The value without the white space around it.</param>
public sealed record SummitHeader(string Name, string Value)
{
    /// <summary>The line.</summary>
    public override string ToString() => $"{Name}: {Value}";
}

/// <summary>One try to connect.</summary>
/// <param name="Address">The address.</param>
/// <param name="Outcome">
/// <c>connected</c>, <c>refused</c>, <c>timed out</c>, <c>unreachable</c>, <c>reset</c>, or <c>not needed</c> where another was faster.
/// </param>
/// <param name="Elapsed">How long it took.</param>
public sealed record SummitConnectionAttempt(string Address, string Outcome, TimeSpan Elapsed)
{
    /// <summary>Address and outcome.</summary>
    public override string ToString() => $"{Address}: {Outcome}";
}
