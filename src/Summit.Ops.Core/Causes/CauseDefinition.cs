using Summit.Ops.Evidence;

namespace Summit.Ops.Causes;

/// <summary>All that is known of a cause: the verdict, its proof, the repair and the cause's page are made from these.</summary>
/// <param name="Cause">Which.</param>
/// <param name="Nature">Where it lies, and so what it can account for.</param>
/// <param name="Explanation">One sentence: what it means for a WebSocket.</param>
internal sealed record CauseDefinition(SummitCause Cause, CauseNature Nature, string Explanation)
{
    /// <summary>The sentence in its place where the evidence says more; null where it does not.</summary>
    public Func<SiteEvidence, string?>? ExplanationHere { get; init; }

    /// <summary>The causes that it looks like from further on. A check that fails for one of them is shown under this cause.</summary>
    public required IReadOnlyList<SummitCause> Explains { get; init; }

    /// <summary>Whether it is true as a check saw it: what may lie behind it makes it less certain, and not wrong.</summary>
    public bool StandsAsSeen { get; init; }

    /// <summary>What proves it.</summary>
    public CauseProof Proof { get; init; }

    /// <summary>What fixes it, or whose it is.</summary>
    public required Remedy Remedy { get; init; }

    /// <summary>The page that explains it.</summary>
    public string HelpUri => $"docs/causes/{Cause}.md";

    /// <summary>Whether it is a state of the running system: it explains what a client sees, and nothing that is read in a file.</summary>
    public bool IsOfTheMoment => Nature is CauseNature.OfTheMoment or CauseNature.BeforeTheHost;

    /// <summary>The sentence for this evidence.</summary>
    public string Explain(SiteEvidence evidence) => ExplanationHere?.Invoke(evidence) ?? Explanation;
}

/// <summary>Where a cause lies.</summary>
internal enum CauseNature
{
    /// <summary>It is no cause.</summary>
    None,

    /// <summary>In what is installed or written on the host's disk.</summary>
    OnDisk,

    /// <summary>In what nginx, the backend, the client or the name does at this moment.</summary>
    OfTheMoment,

    /// <summary>Between a client and the host, at this moment: it explains nothing that is seen on the host itself.</summary>
    BeforeTheHost,
}

/// <summary>What proves a cause.</summary>
internal enum CauseProof
{
    /// <summary>It is seen directly, and a replay adds nothing.</summary>
    Seen,

    /// <summary>The backend refuses the request that nginx sends, and opens for the changed one.</summary>
    RequestReplayed,

    /// <summary>nginx answers by itself, and after the change the backend opens.</summary>
    ChangeReplayed,

    /// <summary>The backend refuses the request that nginx sends, and no variation of it opens.</summary>
    BackendAsked,

    /// <summary>The backend opens for the request of the configuration on the disk, and the running nginx sends another.</summary>
    DiskReplayed,
}

/// <summary>What fixes a cause, or why nothing here does.</summary>
/// <param name="Action">The step that fixes it; null where none does.</param>
/// <param name="Why">Where none does, or where the site does not say how: whose it is.</param>
/// <remarks>
/// Fixed is what belongs to the site: its configuration file, its backend's process, the running nginx. What belongs to others (the
/// account's network, certificates, names, the host's own rules, the application's code) is named and left alone.
/// </remarks>
internal sealed record Remedy(SummitRepairAction? Action, string Why = "")
{
    public static Remedy OfTheAccount { get; } = Beyond("it belongs to the AWS account and not to the host");

    public static Remedy OfTheAuthority { get; } =
        Beyond("a certificate comes from its authority, and nothing on the host can stand in for one");

    public static Remedy OfTheApplication { get; } =
        Beyond("it is the application's own answer, and a restart would only end its open connections");

    /// <summary>Left alone.</summary>
    public static Remedy Beyond(string why) => new(null, why);
}
