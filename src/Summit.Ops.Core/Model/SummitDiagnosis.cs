namespace Summit.Ops;

/// <summary>The verdict over one site on one host.</summary>
public sealed record SummitDiagnosis
{
    private const int ChecklistItems = 9;

    /// <summary>The site.</summary>
    public required SummitSite Site { get; init; }

    /// <summary>The host.</summary>
    public required SummitTarget Target { get; init; }

    /// <summary>Whether a WebSocket opens, the host itself was looked at, and nothing that breaks WebSockets was found.</summary>
    public required bool Healthy { get; init; }

    /// <summary>
    /// The first broken layer; None where all is well, Unknown where something is broken and the evidence does not say what, or where
    /// nobody could look at the host.
    /// </summary>
    public required SummitCause RootCause { get; init; }

    /// <summary>Whether the host itself was looked at.</summary>
    public bool LookedAt => NotReached.Length == 0;

    /// <summary>How certain that is: less than High where something that could say otherwise was not looked at.</summary>
    public SummitConfidence Confidence { get; init; } = SummitConfidence.High;

    /// <summary>
    /// Why the confidence is less than High: the checks that could not look, each with the reason; empty where it is High.
    /// </summary>
    public IReadOnlyList<string> NotLookedAt { get; init => field = ItemList.Of(value); } = ItemList<string>.None;

    /// <summary>Why the host could not be asked, and what to run next; empty where it was asked.</summary>
    public string NotReached { get; init; } = "";

    /// <summary>All independent causes, the root cause first, with what each explains.</summary>
    public IReadOnlyList<SummitDiagnosedCause> Causes { get; init => field = ItemList.Of(value); } = ItemList<SummitDiagnosedCause>.None;

    /// <summary>Every check, the guide's nine in the guide's order first.</summary>
    public IReadOnlyList<SummitCheck> Checks { get; init => field = ItemList.Of(value); } = ItemList<SummitCheck>.None;

    /// <summary>The guide's nine checklist items, in its order and words.</summary>
    public IReadOnlyList<SummitCheck> Checklist => ItemList.Of<SummitCheck>([.. Checks.Take(ChecklistItems)]);

    /// <summary>
    /// What else was looked at and did not pass: also what stands for a cause; nothing that a cause explains,
    /// and nothing that does not apply.
    /// </summary>
    public IReadOnlyList<SummitCheck> Further => ItemList.Of<SummitCheck>(
    [
        .. Checks.Skip(ChecklistItems)
            .Where(check => check.Status is SummitCheckStatus.Fail or SummitCheckStatus.Unknown && check.ExplainedBy == SummitCause.None),
    ]);

    /// <summary>One result for each hop that was probed, from the backend outwards.</summary>
    public IReadOnlyList<SummitWebSocketResult> WebSocket
    {
        get;
        init => field = ItemList.Of(value);
    } = ItemList<SummitWebSocketResult>.None;

    /// <summary>The checks that a gate counts; see <see cref="SummitCheck.IsFailure"/>.</summary>
    public IReadOnlyList<SummitCheck> Failures => ItemList.Of<SummitCheck>([.. Checks.Where(check => check.IsFailure)]);

    /// <summary>
    /// Whether a gate lets it through: the host was looked at; a WebSocket opens, or what keeps it from opening is named and accepted by a
    /// suppression; and nothing else counts as a failure.
    /// </summary>
    public bool Accepted => LookedAt && Failures.Count == 0 && (Healthy || Causes.Count > 0);

    /// <summary>The handshake's way through the configuration on the disk; null where that could not be read.</summary>
    public SummitNginxRoute? Route { get; init; }

    /// <summary>
    /// The edit of the configuration that the causes call for, as the deployment would make it; null where none does, or none can be made.
    /// </summary>
    public SummitProposedFix? ProposedFix { get; init; }

    /// <summary>The experiment behind the verdict: the handshake replayed at the backend; null where none was needed.</summary>
    public SummitProof? Proof { get; init; }

    /// <summary>What changed since an earlier report; null where none was given.</summary>
    public SummitBaseline? Baseline { get; init; }

    /// <summary>When it began.</summary>
    public DateTimeOffset Started { get; init; }

    /// <summary>How long it took.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>Site, host and root cause.</summary>
    public override string ToString() =>
        $"{Site} on {Target}: "
            + $"{(Healthy ? "healthy" : !LookedAt && Causes.Count == 0 ? "the host could not be looked at" : RootCause.ToString())}";
}

/// <summary>One cause, proven.</summary>
public sealed record SummitDiagnosedCause
{
    /// <summary>Which.</summary>
    public required SummitCause Cause { get; init; }

    /// <summary>How certain it is.</summary>
    public SummitConfidence Confidence { get; init; } = SummitConfidence.High;

    /// <summary>What it means, in plain words.</summary>
    public required string Explanation { get; init; }

    /// <summary>What was seen, with file and line where there is one.</summary>
    public required string Evidence { get; init; }

    /// <summary>The next command.</summary>
    public required string Fix { get; init; }

    /// <summary>The ids of the checks that speak for it.</summary>
    public IReadOnlyList<string> Checks { get; init => field = ItemList.Of(value); } = ItemList<string>.None;

    /// <summary>The ids of failed checks that it explains: symptoms, not causes.</summary>
    public IReadOnlyList<string> Explains { get; init => field = ItemList.Of(value); } = ItemList<string>.None;

    /// <summary>The page that explains it, as in <see cref="SummitCheck.HelpUri"/>.</summary>
    public string HelpUri { get; init; } = "";

    /// <summary>The cause.</summary>
    public override string ToString() => Cause.ToString();
}
