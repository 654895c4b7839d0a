namespace Summit.Ops;

/// <summary>What the experiment says about the root cause.</summary>
public enum SummitProofOutcome
{
    /// <summary>
    /// No experiment was made: the site is healthy, or the cause is seen directly (a socket, a certificate, a
    /// reload, a firewall, the syntax).
    /// </summary>
    NotNeeded,

    /// <summary>
    /// The replays show the cause: the backend refuses what nginx sends, and opens for what nginx would send after the change, or for
    /// the one variation that is named.
    /// </summary>
    Proven,

    /// <summary>The replays show that the backend refuses what nginx sends, and no variation of it opens.</summary>
    BackendRefuses,

    /// <summary>The change does not make the backend open: it is not proposed.</summary>
    NotHelped,

    /// <summary>The replays could not be made, or they do not decide; <see cref="SummitProof.Missing"/> says what would.</summary>
    Unknown,
}

/// <summary>
/// The experiment behind a verdict: the handshake replayed at the backend as nginx sends it, and as nginx would
/// send it after the proposed change.
/// </summary>
public sealed record SummitProof
{
    /// <summary>What it shows.</summary>
    public required SummitProofOutcome Outcome { get; init; }

    /// <summary>The cause that it is about.</summary>
    public SummitCause Cause { get; init; }

    /// <summary>The same in one or two sentences.</summary>
    public required string Summary { get; init; }

    /// <summary>What would prove the cause; empty where it is proven, or seen directly.</summary>
    public string Missing { get; init; } = "";

    /// <summary>The handshake as nginx sends it; null where it was not replayed.</summary>
    public SummitReplay? AsSent { get; init; }

    /// <summary>
    /// The handshake as nginx would send it after the proposed change, or the variation that opens; null where there is neither.
    /// </summary>
    public SummitReplay? AfterChange { get; init; }

    /// <summary>Further variations that were tried, each with one thing changed.</summary>
    public IReadOnlyList<SummitReplay> Variations { get; init => field = ItemList.Of(value); } = ItemList<SummitReplay>.None;

    /// <summary>The lines that differ between the two requests: <c>-</c> as nginx sends it, <c>+</c> after the change.</summary>
    public IReadOnlyList<string> Differences =>
        ItemList.Of(AsSent is null || AfterChange is null ? [] : SummitReplay.Differences(AsSent, AfterChange));

    /// <summary>
    /// The two requests as one text, a line an item: common lines behind a blank, those as nginx sends it behind <c>-</c>, those after the
    /// change behind <c>+</c>, and the answers.
    /// </summary>
    public IReadOnlyList<string> Lines => ItemList.Of(Both);

    private IReadOnlyList<string> Both
    {
        get
        {
            if ((AsSent ?? AfterChange) is not { } first) return [];
            var after = AsSent is null ? null : AfterChange;
            var lines = new List<string>();
            if (after is { Upstream.Length: > 0 } && first.Upstream.Length > 0 && after.Upstream != first.Upstream)
            {
                lines.AddRange([$"- to {first.Upstream}", $"+ to {after.Upstream}"]);
            }
            else
            {
                lines.Add($"  to {(first.Upstream.Length > 0 ? first.Upstream : after?.Upstream)}");
            }

            lines.AddRange(first.Request.Select(
                line => after is null || after.Request.Count == 0 || after.Request.Contains(line) ? $"  {line}" : $"- {line}"));
            if (after is null) return [.. lines, $"  answer: {first.Answered}"];
            return
            [
                .. lines, .. after.Request.Where(line => !first.Request.Contains(line)).Select(line => $"+ {line}"),
                $"- answer: {first.Answered}", $"+ answer: {after.Answered}",
            ];
        }
    }

    /// <summary>The outcome and the summary.</summary>
    public override string ToString() => $"{Outcome}: {Summary}";
}

/// <summary>Which request a replay sends.</summary>
public enum SummitReplayForm
{
    /// <summary>As nginx sends it, by the configuration on the disk.</summary>
    AsSent,

    /// <summary>As nginx would send it after the proposed change.</summary>
    AfterChange,

    /// <summary>With HTTP/1.1, Upgrade and Connection, and otherwise as nginx sends it.</summary>
    WithUpgrade,

    /// <summary>Without the Origin header that a browser sends.</summary>
    WithoutOrigin,

    /// <summary>With the Origin header as the browser sends it, where nginx takes it away or puts another in its place.</summary>
    WithClientOrigin,

    /// <summary>With the name and port that the client asked for as Host.</summary>
    WithClientHost,

    /// <summary>With X-Forwarded-Proto https.</summary>
    WithForwardedProto,

    /// <summary>With another path: the location's prefix added or taken away, or a slash at its end.</summary>
    WithOtherPath,

    /// <summary>With https where nginx speaks http, or the reverse.</summary>
    WithOtherScheme,

    /// <summary>Without the X-Forwarded and X-Real-IP headers that nginx adds.</summary>
    WithoutForwarded,

    /// <summary>With the client's Host in <c>X-Forwarded-Host</c>.</summary>
    WithForwardedHost,

    /// <summary>With the backend's own address as Host.</summary>
    WithUpstreamHost,

    /// <summary>With the subprotocols offered that applications commonly want.</summary>
    WithSubProtocols,

    /// <summary>At the address that the site names as its backend.</summary>
    AtSiteBackend,

    /// <summary>With <c>Connection: upgrade</c> alone, where nginx sends more words in it.</summary>
    WithPlainConnection,
}

/// <summary>One handshake that the host replayed at a backend, and its answer.</summary>
public sealed record SummitReplay
{
    /// <summary>Which request it is.</summary>
    public required SummitReplayForm Form { get; init; }

    /// <summary>On which request it is a variation: that as sent, or that after the change.</summary>
    public SummitReplayForm Of { get; init; } = SummitReplayForm.AsSent;

    /// <summary>Where it went: <c>http://127.0.0.1:4000</c>, <c>https://10.0.0.5:8443</c>, <c>http://unix:/run/app.sock</c>.</summary>
    public string Upstream { get; init; } = "";

    /// <summary>The request, one line an item: the request line, then the headers. Secrets are masked.</summary>
    public IReadOnlyList<string> Request { get; init => field = ItemList.Of(value); } = ItemList<string>.None;

    /// <summary>What the backend answered, judged as every probe is; null where it was not asked.</summary>
    public SummitWebSocketResult? Answer { get; init; }

    /// <summary>Why it was not asked; empty where it was.</summary>
    public string NotTried { get; init; } = "";

    /// <summary>Whether the backend was asked.</summary>
    public bool Tried => Answer is not null;

    /// <summary>Whether the backend opened the WebSocket: a correct 101, and no Close behind it that is a refusal.</summary>
    public bool Opens =>
        Answer is { HttpStatus: 101 } and ({ Success: true } or { FailedStage: not SummitProbeStage.Upgrade }) && !RefusesByClose;

    /// <summary>
    /// Whether the backend answered 101 and then closed with a code that is a refusal: not acceptable, against its policy, an error of its
    /// own, or a code of the application.
    /// </summary>
    internal bool RefusesByClose => Answer is { HttpStatus: 101, CloseCode: 1003 or 1008 or 1011 or >= 3000 };

    /// <summary>The answer in a few words.</summary>
    public string Answered => Answer switch
    {
        null => $"not tried: {NotTried}",
        { HttpStatus: { } status } answer =>
            $"{status} {answer.HttpReason}".TrimEnd() + (RefusesByClose ? $", then Close {answer.CloseCode}" : ""),
        { FailedStage: SummitProbeStage.Dns } => "the name is not found",
        { FailedStage: SummitProbeStage.Tcp } answer =>
            answer.Cause == SummitCause.BackendTimeout ? "no connection in time" : "connection refused",
        { FailedStage: SummitProbeStage.Tls } => "no TLS handshake",
        { Cause: SummitCause.BackendTimeout } => "no answer in time",
        _ => "connection closed without an answer",
    };

    /// <summary>The form and the answer.</summary>
    public override string ToString() => $"{Form}: {Answered}";

    internal static IReadOnlyList<string> Differences(SummitReplay before, SummitReplay after)
    {
        var (old, now) = (before.Request, after.Request);
        List<string> lines =
        [
            .. old.Where(line => !now.Contains(line)).Select(line => $"- {line}"),
            .. now.Where(line => !old.Contains(line)).Select(line => $"+ {line}"),
        ];
        if (before.Upstream != after.Upstream) lines.InsertRange(0, [$"- {before.Upstream}", $"+ {after.Upstream}"]);
        return lines;
    }
}
