namespace Summit.Ops.Repair;

/// <summary>What somebody says to a step.</summary>
internal enum RepairConsent
{
    /// <summary>Do it.</summary>
    Yes,

    /// <summary>Leave it.</summary>
    No,

    /// <summary>Only show it.</summary>
    OnlyShow,
}

/// <summary>Whoever is asked before each step, and told what is under way.</summary>
internal interface IRepairDialogue
{
    /// <summary>Shows a step and asks whether it may be done.</summary>
    Task<RepairConsent> AskAsync(SummitRepairStep step, int number, int count, CancellationToken cancellation);

    /// <summary>Says that a step is under way, until it is disposed of.</summary>
    IDisposable Begin(SummitRepairStep step);
}
