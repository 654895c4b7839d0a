namespace Summit.Ops.Evidence;

/// <summary>What the replayed handshakes show of the backend: pure, over the answers.</summary>
internal sealed class ReplayFacts
{
    /// <summary>The variations that name a cause, the most telling first: each changes one thing.</summary>
    /// <remarks>
    /// An application that holds Origin against Host, or against X-Forwarded-Proto, opens without Origin as well: what nginx alters comes
    /// before what the browser sends.
    /// </remarks>
    private static readonly (SummitReplayForm Form, SummitCause Cause)[] Telling =
    [
        (SummitReplayForm.WithPlainConnection, SummitCause.NginxUpgradeHeadersMissing),
        (SummitReplayForm.WithClientOrigin, SummitCause.BackendRejectsOrigin),
        (SummitReplayForm.WithClientHost, SummitCause.BackendRejectsHost),
        (SummitReplayForm.WithForwardedProto, SummitCause.BackendRejectsProxyHeaders),
        (SummitReplayForm.WithForwardedHost, SummitCause.BackendRejectsProxyHeaders),
        (SummitReplayForm.WithoutOrigin, SummitCause.BackendRejectsOrigin),
        (SummitReplayForm.WithoutForwarded, SummitCause.BackendRejectsProxyHeaders),
        (SummitReplayForm.WithUpstreamHost, SummitCause.BackendRejectsHost),
        (SummitReplayForm.WithSubProtocols, SummitCause.BackendRejectsUpgrade),
        (SummitReplayForm.WithOtherScheme, SummitCause.NginxUpstreamScheme),
        (SummitReplayForm.WithOtherPath, SummitCause.NginxUpstreamMismatch),
        (SummitReplayForm.AtSiteBackend, SummitCause.NginxUpstreamMismatch),
    ];

    private readonly IReadOnlyList<SummitReplay> _replays;

    public ReplayFacts(IReadOnlyList<SummitReplay> replays)
    {
        _replays = replays;
        AsSent = First(SummitReplayForm.AsSent);
        AfterChange = First(SummitReplayForm.AfterChange);
        WithUpgrade = First(SummitReplayForm.WithUpgrade);
        (Variation, VariationCause) = FindVariation();
    }

    public SummitReplay? AsSent { get; }

    public SummitReplay? AfterChange { get; }

    /// <summary>As sent, with the upgrade's own headers and HTTP/1.1; null where nginx sends those already.</summary>
    public SummitReplay? WithUpgrade { get; }

    /// <summary>
    /// The request that asks for an upgrade and is otherwise nginx's own; where nginx sends none, that after the change.
    /// Null where none of them was sent.
    /// </summary>
    public SummitReplay? Asking => Tried(WithUpgrade ?? AsSent) ?? Tried(AfterChange);

    /// <summary>The variation that opens where <see cref="Asking"/> does not; null where none does.</summary>
    public SummitReplay? Variation { get; }

    /// <summary>What that variation shows.</summary>
    public SummitCause VariationCause { get; }

    /// <summary>Whether the backend opened for any of the requests that a right configuration of nginx could send.</summary>
    public bool BackendOpens => AsSent is { Opens: true } || WithUpgrade is { Opens: true } || AfterChange is { Opens: true }
        || First(SummitReplayForm.AtSiteBackend) is { Opens: true };

    /// <summary>Whether the backend refused each request, and said so: no connection that failed.</summary>
    public bool BackendRefuses => Asking is { Answer: { HttpStatus: not null } } && !BackendOpens && Variation is null;

    /// <summary>
    /// Whether what a client met through nginx is what the backend does with nginx's own request: then the replays explain it.
    /// </summary>
    public bool Accounts(SummitWebSocketResult seen) => AsSent is { Tried: true, Opens: false, Answer: { } answer } && seen switch
    {
        { HttpStatus: 502 or 504 } when answer.HttpStatus is null => answer.FailedStage is not SummitProbeStage.Dns,
        { HttpStatus: { } status } =>
            status == answer.HttpStatus && seen.CloseCode == answer.CloseCode && seen.IsNginxPage == answer.IsNginxPage,
        _ => false,
    };

    /// <summary>All variations of one thing.</summary>
    public IEnumerable<SummitReplay> Variations =>
        _replays.Where(replay => replay.Form is not (SummitReplayForm.AsSent or SummitReplayForm.AfterChange));

    private (SummitReplay? Variation, SummitCause Cause) FindVariation()
    {
        if (Asking is not { Opens: false } asked) return (null, SummitCause.None);
        foreach (var (form, cause) in Telling)
        {
            if (_replays.FirstOrDefault(replay => replay.Form == form && replay.Of == asked.Form
                && (replay.Opens || (form == SummitReplayForm.WithOtherScheme && Speaks(replay, asked)))) is not { } found)
            {
                continue;
            }

            // who asks for a password or sends to a login may stand in front of the site's backend, and is not to be passed by
            if (form == SummitReplayForm.AtSiteBackend && asked.Answer is { HttpStatus: 401 or 403 or 407 or (>= 300 and < 400) }) continue;
            // an answer that only came too late is no refusal, and a connection that fails says nothing of the request
            if (!Refuses(asked) && !(form == SummitReplayForm.AtSiteBackend && asked.Answer is { FailedStage: SummitProbeStage.Tcp }))
            {
                continue;
            }

            // a second nginx that refuses a request was asked: the backend behind it shows no wrong address
            if (form == SummitReplayForm.AtSiteBackend && asked.Answer is { IsNginxPage: true, HttpStatus: 400 or 414 or 431 }) continue;
            // a port that wants TLS has a cause of its own
            return (found, cause == SummitCause.NginxUpstreamScheme
                && found.Upstream.StartsWith("https:", StringComparison.Ordinal) ? SummitCause.TlsOnPlainPort : cause);
        }

        // no single thing: what the change alters all at once, named by the first of it
        return AfterChange is { Opens: true } && AfterChange != asked && (Refuses(asked) || AfterChange.Upstream != asked.Upstream)
            ? (AfterChange, Altered(asked, AfterChange))
            : (null, SummitCause.None);
    }

    /// <summary>
    /// Whether a backend refused a request: an answer other than 101, a Close that refuses, or a connection closed without an answer.
    /// </summary>
    private static bool Refuses(SummitReplay replay) =>
        replay.RefusesByClose || replay.Answer is { HttpStatus: not null and not 101 }
            or { HttpStatus: null, FailedStage: SummitProbeStage.Upgrade or SummitProbeStage.Tls, Cause: not SummitCause.BackendTimeout };

    private static SummitCause Altered(SummitReplay asked, SummitReplay after)
    {
        var altered = SummitReplay.Differences(asked, after);
        if (asked.Upstream != after.Upstream || asked.Request[0].Split(' ')[1] != after.Request[0].Split(' ')[1])
        {
            return SummitCause.NginxUpstreamMismatch;
        }

        return altered.Any(line => line[2..].StartsWith("Host:", StringComparison.OrdinalIgnoreCase))
            ? SummitCause.BackendRejectsHost
            : SummitCause.BackendRejectsProxyHeaders;
    }

    /// <summary>Whether the other scheme gets an answer, or a TLS handshake, where nginx's own gets none.</summary>
    private static bool Speaks(SummitReplay other, SummitReplay asked) =>
        asked.Answer is { HttpStatus: null, FailedStage: not (SummitProbeStage.Tcp or SummitProbeStage.Dns) }
        && (other.Answer is { HttpStatus: not null }
            || (other.Upstream.StartsWith("https:", StringComparison.Ordinal) && other.Answer is { FailedStage: > SummitProbeStage.Tls }));

    private SummitReplay? First(SummitReplayForm form) => _replays.FirstOrDefault(replay => replay.Form == form);

    private static SummitReplay? Tried(SummitReplay? replay) => replay is { Tried: true } ? replay : null;
}
