namespace Summit.Ops;

/// <summary>How a repair ended.</summary>
public enum SummitRepairOutcome
{
    /// <summary>Nothing was broken, so nothing was done.</summary>
    Healthy,

    /// <summary>It was only shown what would be done (<c>-WhatIf</c>).</summary>
    Planned,

    /// <summary>Somebody said no to a step, and it is still broken.</summary>
    Declined,

    /// <summary>It works: a fresh diagnosis found nothing that breaks it any more.</summary>
    Repaired,

    /// <summary>What is broken now cannot be repaired on the host; <see cref="SummitRepair.NextCommand"/> says what can be run.</summary>
    NotRepairable,

    /// <summary>All steps were carried out, and it is broken all the same.</summary>
    NotRepaired,

    /// <summary>A step failed, and no further one was begun.</summary>
    Failed,
}

/// <summary>What a step of a repair does.</summary>
public enum SummitRepairAction
{
    /// <summary>Puts the site's nginx configuration right: written, enabled, tested, reloaded.</summary>
    DeployConfig,

    /// <summary>Brings the backend up to date by the site's own command.</summary>
    DeployBackend,

    /// <summary>Restarts the backend in its manager.</summary>
    RestartBackend,

    /// <summary>Makes nginx take what is on the disk, or starts it.</summary>
    ReloadNginx,
}

/// <summary>What became of a step of a repair.</summary>
public enum SummitRepairStepStatus
{
    /// <summary>It would be done (<c>-WhatIf</c>).</summary>
    Planned,

    /// <summary>Somebody said no to it.</summary>
    Declined,

    /// <summary>It was done.</summary>
    Done,

    /// <summary>It failed; <see cref="SummitRepairStep.Result"/> says how, and what stands.</summary>
    Failed,

    /// <summary>It was not begun, because one before it failed.</summary>
    NotBegun,

    /// <summary>It was done, did not help, and was taken back: the file, and the running nginx with it.</summary>
    TakenBack,
}

/// <summary>The repair of a site on one host: what was broken, what was done, and what a fresh diagnosis says.</summary>
public sealed record SummitRepair
{
    /// <summary>The site.</summary>
    public required SummitSite Site { get; init; }

    /// <summary>The host.</summary>
    public required SummitTarget Target { get; init; }

    /// <summary>How it ended.</summary>
    public required SummitRepairOutcome Outcome { get; init; }

    /// <summary>Why it ended so, in plain words.</summary>
    public required string Reason { get; init; }

    /// <summary>A command that can be run next; empty where there is nothing left to do.</summary>
    public string NextCommand { get; init; } = "";

    /// <summary>The diagnosis before anything was done.</summary>
    public required SummitDiagnosis Before { get; init; }

    /// <summary>The steps, in the order they were taken.</summary>
    public IReadOnlyList<SummitRepairStep> Plan { get; init => field = ItemList.Of(value); } = ItemList<SummitRepairStep>.None;

    /// <summary>What the steps did, one for each that was carried out.</summary>
    public IReadOnlyList<SummitDeployment> Deployments { get; init => field = ItemList.Of(value); } = ItemList<SummitDeployment>.None;

    /// <summary>The diagnosis afterwards; null where nothing was done.</summary>
    public SummitDiagnosis? After { get; init; }

    /// <summary>How long it took.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>Whether it was broken, and works now.</summary>
    public bool Repaired => Outcome == SummitRepairOutcome.Repaired;

    /// <summary>Whether it works now, repaired or never broken.</summary>
    public bool Healthy => (After ?? Before).Healthy;

    /// <summary>Site, host and outcome.</summary>
    public override string ToString() => $"{Site} on {Target}: {Outcome}";
}

/// <summary>One step of a repair.</summary>
public sealed record SummitRepairStep
{
    /// <summary>What it does.</summary>
    public required SummitRepairAction Action { get; init; }

    /// <summary>The causes that it is for, the first broken layer first.</summary>
    public required IReadOnlyList<SummitCause> Causes { get; init => field = ItemList.Of(value); }

    /// <summary>It in one line.</summary>
    public required string Description { get; init; }

    /// <summary>What is done on the host, one line each.</summary>
    public IReadOnlyList<string> Details { get; init => field = ItemList.Of(value); } = ItemList<string>.None;

    /// <summary>The change of a file as a unified diff; empty where none changes.</summary>
    public string Diff { get; init; } = "";

    /// <summary>The cmdlet that does this step alone.</summary>
    public required string Command { get; init; }

    /// <summary>What became of it.</summary>
    public SummitRepairStepStatus Status { get; init; }

    /// <summary>What it did, or why not; empty where it was not begun.</summary>
    public string Result { get; init; } = "";

    /// <summary>Description and status.</summary>
    public override string ToString() => $"{Description}: {Status}";
}
