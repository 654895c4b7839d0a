namespace Summit.Ops.Probing;

/// <summary>The close codes of RFC 6455, section 7.4, and of IANA's registry, in the sense they have behind nginx.</summary>
public static class CloseCodes
{
    private const string Rfc = "RFC 6455, section 7.4.1";
    private const string Iana = "IANA WebSocket Close Code Number Registry";
    private const string Logs = "(Invoke-SummitDiagnostic).Checks | Where-Object Id -like 'Backend.*'";
    private const string Diagnose = "Invoke-SummitDiagnostic";

    /// <summary>All registered codes in their order, and last the failure that has none: ConnectionRefused.</summary>
    public static IReadOnlyList<SummitCloseCode> All { get; } =
    [
        Code(1000, "NormalClosure", "The purpose of the connection was fulfilled.",
            "The application or the client closed on purpose; nothing is wrong.", "Test-SummitWebSocket", Rfc),
        Code(1001, "GoingAway", "An endpoint goes away: a server shuts down, or the browser leaves the page.",
            "The backend was stopped or restarted while clients were connected (a deployment, a crash loop).", Logs, Rfc),
        Code(1002, "ProtocolError", "The other side broke the protocol.",
            "A client or backend library with a fault, or something on the way that rewrites the stream.", Logs, Rfc),
        Code(1003, "UnsupportedData", "The endpoint cannot take this kind of data (binary where it knows text only).",
            "Client and backend disagree on text and binary messages.", Logs, Rfc),
        Code(1004, "Reserved", "Reserved; a meaning may be defined later.", "None: no endpoint should send it.", Logs, Rfc, wire: false),
        Code(1005, "NoStatusReceived", "A Close frame came and had no code in it. It never travels itself.",
            "The application called close() without a code; nothing is wrong.", "Test-SummitWebSocket", Rfc, wire: false),
        Code(1006, "AbnormalClosure", "The connection ended without a Close frame. It never travels itself: the client makes it up.",
            "Usually nginx not configured for WebSocket: no /ws location or no Upgrade headers, so the upgrade was refused. "
                + "Else an idle connection cut after proxy_read_timeout (60 s by default), a backend that crashed, "
                + "or TLS or TCP that failed. Test-SummitWebSocket tells which.",
            Diagnose, Rfc, wire: false),
        Code(1007, "InvalidFramePayloadData", "A message was not what its type says (text that is not UTF-8).",
            "One side sends binary data as text.", Logs, Rfc),
        Code(1008, "PolicyViolation", "A message breaks the endpoint's policy; used where no other code fits.",
            "Authentication failed (bad token): missing, expired, or for another environment. It is the application that says so; "
                + "nginx is not to blame.", "Test-SummitWebSocket -Token (Read-Host -AsSecureString)", Rfc),
        Code(1009, "MessageTooBig", "A message is too big to be processed.",
            "The message is over the backend library's limit (maxPayload); nginx sets none once the connection is upgraded.", Logs, Rfc),
        Code(1010, "MandatoryExtension", "The client expected an extension that the server did not agree on. Only a client sends it.",
            "A client that insists on compression, and a backend or proxy that does not offer it.", "Test-SummitWebSocket", Rfc),
        Code(1011, "InternalError", "The server met a condition that kept it from going on (Server Error).",
            "Backend server error: an exception in the connection or message handler. nginx is not to blame; "
                + "the backend's log has the stack.", Logs, Rfc),
        Code(1012, "ServiceRestart", "The service restarts; the client may reconnect after a random 5 to 30 s.",
            "A deployment or a restart of the backend.", Logs, Iana),
        Code(1013, "TryAgainLater", "The server is overloaded, or cannot serve this client for now.",
            "The backend sheds load, or a limit of connections is reached.", Logs, Iana),
        Code(1014, "BadGateway", "A gateway got an invalid answer from the server behind it; like HTTP 502.",
            "A gateway between nginx and the application cannot reach it.", Logs, Iana),
        Code(1015, "TlsHandshake", "TLS could not be set up. It never travels itself: the client makes it up.",
            "A certificate that is expired, untrusted, incomplete or for another name.", "Test-SummitCertificate", Rfc, wire: false),
        Code(3000, "Unauthorized", "The endpoint must be authorised to use this resource; like HTTP 401.",
            "No token, or one that is not accepted.", "Test-SummitWebSocket -Token (Read-Host -AsSecureString)", Iana),
        Code(3003, "Forbidden", "The endpoint is authorised and may not use this resource; like HTTP 403.",
            "The token is good and its rights do not suffice.", "Test-SummitWebSocket -Token (Read-Host -AsSecureString)", Iana),
        Code(3008, "Timeout", "The endpoint took too long to answer; like HTTP 408.",
            "The client did not send what the application waits for (a login message, a pong) in time.", Logs, Iana),
        new SummitCloseCode
        {
            Code = null,
            Name = "ConnectionRefused",
            Meaning = "The TCP connection was refused: no close code exists, browsers show 1006.",
            UsualCause = "Backend not running or port blocked: nothing listens on the port that was dialled. "
                + "Behind nginx it is nginx that is not running (a dead backend behind a running nginx is a 502).",
            Run = Diagnose,
            OnTheWire = false,
            Source = "ECONNREFUSED, RFC 9293, section 3.10.7.1",
        },
    ];

    /// <summary>Finds what a code means.</summary>
    /// <param name="code">0 to 65535, whatever stood in a Close frame.</param>
    /// <returns>The registered entry, or that of the range the code lies in; null for a number that fits in no Close frame.</returns>
    public static SummitCloseCode? Find(int code) => All.FirstOrDefault(entry => entry.Code == code) ?? code switch
    {
        < 0 or > 65535 => null,
        < 1000 => Code(
            code, "NotUsed", "Codes below 1000 are not used.",
            "The server made it up; a client treats it as a protocol error (1002).",
            Logs, "RFC 6455, section 7.4.2", wire: false),
        < 3000 => Code(
            code, "Unassigned", "Reserved for the protocol and its extensions, and not assigned.",
            "The server made it up; a client treats it as a protocol error (1002).", Logs, "RFC 6455, section 7.4.2", wire: false),
        < 4000 => Code(
            code, "Unassigned", "For libraries and frameworks, by registration; this one is not registered.",
            "The backend's library defines it: see its documentation.", Logs, "RFC 6455, section 7.4.2"),
        < 5000 => Code(
            code, "PrivateUse", "For private use by applications.",
            "The application defines it: see its code and log. 4401 and 4403 are often used as HTTP's 401 and 403.",
            Logs, "RFC 6455, section 7.4.2"),
        _ => Code(
            code, "NotUsed", "Codes from 5000 on are not used.",
            "The server made it up; a client treats it as a protocol error (1002).",
            Logs, "RFC 6455, section 7.4.2", wire: false),
    };

    /// <summary>Other names that people know an entry by, without blanks: the guide's "Server Error", the system's ECONNREFUSED.</summary>
    /// <param name="entry">The entry.</param>
    public static IReadOnlyList<string> Aliases(SummitCloseCode entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return entry switch
        {
            { Code: null } => ["ECONNREFUSED", "Refused"],
            { Code: 1005 } => ["NoStatusRcvd"],
            { Code: 1010 } => ["MandatoryExt"],
            { Code: 1011 } => ["ServerError", "InternalServerError"],
            _ => [],
        };
    }

    /// <summary>Whether a code may stand in a Close frame.</summary>
    public static bool MayTravel(int code) => code is (>= 1000 and <= 1003) or (>= 1007 and <= 1014) or (>= 3000 and <= 4999);

    /// <summary>What a Close with this code speaks for.</summary>
    internal static SummitCause Cause(int code, string reason) => code switch
    {
        1008 or 3000 or 3003 or 4401 or 4403 => SummitCause.AuthenticationFailed,
        1002 or 1003 or 1007 or 1009 or 1010 => SummitCause.WebSocketProtocolError,
        1001 or 1011 or 1012 or 1013 => SummitCause.BackendError,
        1014 => SummitCause.BackendNotListening,
        >= 4000 when SpeaksOfAuthentication(reason) => SummitCause.AuthenticationFailed,
        _ => SummitCause.Unknown,
    };

    /// <summary>One sentence for an explanation.</summary>
    internal static string Sense(int code) => Find(code)?.UsualCause ?? "";

    private static bool SpeaksOfAuthentication(string reason) =>
        Array.Exists(
            ["auth", "token", "forbidden", "denied", "login", "credential", "jwt"],
            word => reason.Contains(word, StringComparison.OrdinalIgnoreCase));

    private static SummitCloseCode Code(int code, string name, string meaning, string cause, string run, string source, bool wire = true) =>
        new() { Code = code, Name = name, Meaning = meaning, UsualCause = cause, Run = run, OnTheWire = wire, Source = source };
}
