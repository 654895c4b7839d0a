using System.Globalization;
using Summit.Ops.Text;

namespace Summit.Ops.Probing;

/// <summary>What the layers saw so far. The result is made of it wherever the probe ends.</summary>
internal sealed class ProbeTrace(ProbePlan plan, TimeProvider time)
{
    private readonly long _dialled = time.GetTimestamp();
    private long _began = time.GetTimestamp();
    private DateTimeOffset _started = time.GetUtcNow();
    private string _shown = plan.Shown;

    public ProbePlan Plan { get; } = plan;

    public TimeProvider Time { get; } = time;

    /// <summary>The layer that is being passed: a time-out is blamed on it.</summary>
    public SummitProbeStage Stage { get; set; } = SummitProbeStage.Dns;

    public string Address { get; set; } = "";

    public List<string> Addresses { get; } = [];

    public List<SummitConnectionAttempt> Attempts { get; } = [];

    public int RemotePort { get; set; } = plan.DialPort;

    public TimeSpan? Dns { get; set; }

    public TimeSpan? Tcp { get; set; }

    public TimeSpan? Proxy { get; set; }

    public TimeSpan? Tls { get; set; }

    public TimeSpan? Upgrade { get; set; }

    public TimeSpan? FirstMessageAfter { get; set; }

    public TimeSpan? Close { get; set; }

    public TimeSpan? RoundTrip { get; set; }

    public string TlsProtocol { get; set; } = "";

    public string TlsCipher { get; set; } = "";

    public SummitCertificate? Certificate { get; set; }

    /// <summary>Whether the server asked for a client certificate.</summary>
    public bool ClientCertificateRequested { get; set; }

    public int? HttpStatus { get; set; }

    public string HttpReason { get; set; } = "";

    public IReadOnlyList<SummitHeader> ResponseHeaders { get; set; } = [];

    public string BodyHead { get; set; } = "";

    public string AnsweredBy { get; set; } = "";

    public string SubProtocol { get; set; } = "";

    public string? FirstMessage { get; set; }

    public int Messages { get; set; }

    public int? CloseCode { get; set; }

    public string CloseReason { get; set; } = "";

    public SummitClosedBy ClosedBy { get; set; }

    /// <summary>Said in the explanation of a success: what was odd and breaks nothing.</summary>
    public List<string> Remarks { get; } = [];

    /// <summary>The redirects that led here.</summary>
    public IReadOnlyList<SummitRedirect> Redirects { get; private init; } = [];

    /// <summary>What was asked so far, this hop too, as it travelled.</summary>
    public IReadOnlyList<string> Visited { get; private init; } = [plan.Request.Uri];

    /// <summary>The trace of the hop that a redirect leads to: it begins anew, but for the whole time and what was asked first.</summary>
    public ProbeTrace Redirected(ProbePlan to, IReadOnlyList<string> withheld) => new(to, Time)
    {
        _began = _began,
        _started = _started,
        _shown = _shown,
        Redirects = [.. Redirects, new SummitRedirect(Plan.Shown, HttpStatus ?? 0, to.Shown, withheld, Since(_dialled))],
        Visited = [.. Visited, to.Request.Uri],
    };

    public TimeSpan Since(long timestamp) => Time.GetElapsedTime(timestamp);

    public SummitWebSocketResult Succeeded() => Result(SummitProbeStage.None, SummitCause.None, Success(), "");

    public SummitWebSocketResult Failed(LayerFailedException failure) => Result(failure.Stage, failure.Cause, failure.Message, failure.Fix);

    private string Success()
    {
        if (Upgrade is null) return $"{TlsProtocol} stands after {Milliseconds(Tls)}.";
        var text = $"101 Switching Protocols after {Milliseconds(Upgrade)}";
        text += FirstMessage is null
            ? "; no message came, which is fine."
            : $"; the first message came after {Milliseconds(FirstMessageAfter)}.";
        return Remarks.Count == 0 ? text : $"{text} {string.Join(' ', Remarks)}";
    }

    private string After()
    {
        if (Redirects.Count == 0) return "";
        var withheld = Redirects.SelectMany(redirect => redirect.Withheld).Distinct().ToList();
        var without = withheld.Count == 0 ? "" : $" (without the {string.Join(" and the ", withheld)}, which was given for another origin)";
        return $"After {Redirects.Count.ToString(CultureInfo.InvariantCulture)} redirect{(Redirects.Count == 1 ? "" : "s")}, "
            + $"at {Plan.Shown}{without}: ";
    }

    private static string Milliseconds(TimeSpan? span) => $"{(span ?? TimeSpan.Zero).TotalMilliseconds:0.#} ms";

    private SummitWebSocketResult Result(SummitProbeStage stage, SummitCause cause, string explanation, string fix)
    {
        var secrets = Plan.Secrets;
        return new SummitWebSocketResult
        {
            Uri = _shown,
            Redirects = Redirects,
            FailedStage = stage,
            Cause = cause,
            Explanation = Line(After() + explanation),
            Fix = ForeignText.Visible(secrets.Redact(NextCommand.For(Plan, fix))),
            Address = Address,
            Addresses = Addresses,
            Attempts = Attempts,
            RemotePort = RemotePort,
            Timings = new SummitProbeTimings { Dns = Dns, Tcp =
                Tcp, Proxy = Proxy, Tls = Tls, Upgrade = Upgrade, FirstMessage = FirstMessageAfter, Close = Close, Total = Since(_began) },
            TlsProtocol = TlsProtocol,
            TlsCipher = TlsCipher,
            Certificate = Certificate,
            HttpStatus = HttpStatus,
            HttpReason = Line(HttpReason),
            ResponseHeaders = [.. ResponseHeaders.Select(
                header => new SummitHeader(Line(header.Name), Line(TextRedaction.OfHeader(header.Name, Secrets.RedactUri(header.Value)))))],
            ResponseBodyHead = Lines(BodyHead),
            AnsweredBy = Line(AnsweredBy),
            SubProtocol = Line(SubProtocol),
            FirstMessage = FirstMessage is null ? null : Lines(FirstMessage),
            Messages = Messages,
            RoundTrip = RoundTrip,
            CloseCode = CloseCode,
            CloseReason = Line(CloseReason),
            ClosedBy = ClosedBy,
            Started = _started,
        };

        string Line(string text) => ForeignText.Visible(TextRedaction.Of(secrets.Redact(text)));

        string Lines(string text) => ForeignText.VisibleLines(TextRedaction.Of(secrets.Redact(text)));
    }
}
