namespace Summit.Ops.Repair;

/// <summary>How a repair ended, said honestly: a pure function of the two diagnoses and of what became of the steps.</summary>
internal static class RepairVerdict
{
    /// <summary>Judges it.</summary>
    /// <param name="before">The diagnosis before.</param>
    /// <param name="after">The one afterwards; null where nothing was done.</param>
    /// <param name="steps">The steps, with what became of them.</param>
    /// <param name="beyond">What nothing here mends.</param>
    /// <param name="advice">What a failed step says to run next; empty where it says nothing.</param>
    public static (SummitRepairOutcome Outcome, string Reason, string Next) Over(
        SummitDiagnosis before, SummitDiagnosis? after, IReadOnlyList<SummitRepairStep> steps,
        IReadOnlyList<BeyondRepair> beyond, string advice)
    {
        if (steps.FirstOrDefault(step => step.Status == SummitRepairStepStatus.Failed) is { } failed)
        {
            var left = steps.Where(step => step.Status == SummitRepairStepStatus.NotBegun).Select(step => step.Description).ToList();
            var stands = after is { Healthy: true }
                ? " A WebSocket opens all the same."
                : left.Count == 0 ? "" : $" Not begun: {string.Join("; ", left)}.";
            return (
                SummitRepairOutcome.Failed,
                $"To {failed.Description} failed: {failed.Result}{stands}",
                advice.Length > 0 ? advice : Diagnose(before));
        }

        var now = after ?? before;
        if (now.Healthy)
        {
            return after is null
                ? (SummitRepairOutcome.Healthy, "A WebSocket opens, and nothing that breaks it was found: nothing was done.", "")
                : (
                    SummitRepairOutcome.Repaired,
                    $"{Named(before)}: mended. A WebSocket opens, and a fresh diagnosis finds nothing that breaks it.",
                    "");
        }

        var rest = beyond.Count == 0 ? "" : " " + string.Join(' ', beyond);
        var run = beyond.Count == 0 ? "" : beyond[0].Fix;
        if (steps.Any(step => step.Status == SummitRepairStepStatus.Planned))
        {
            return (SummitRepairOutcome.Planned, $"{Named(before)}: the steps are shown, and nothing was done.{rest}", Checks.Command.For(
                "Repair-SummitWebSocket", before.Site, before.Target));
        }

        if (steps.Any(step => step.Status == SummitRepairStepStatus.Declined))
        {
            return (
                SummitRepairOutcome.Declined, $"{Named(now)}: a step was declined.{rest}",
                steps.First(step => step.Status == SummitRepairStepStatus.Declined).Command);
        }

        if (steps.LastOrDefault(step => step.Status == SummitRepairStepStatus.TakenBack) is { } back)
        {
            return (
                SummitRepairOutcome.NotRepaired,
                $"To {back.Description} did not help and was taken back.{rest} {Named(now)}: it is broken as before.",
                run.Length > 0 ? run : Diagnose(before));
        }

        if (beyond.Count > 0) return (SummitRepairOutcome.NotRepairable, rest.TrimStart(), run);
        return (
            SummitRepairOutcome.NotRepaired,
            $"{Named(now)}: every step was carried out, and it is broken all the same.",
            now.Causes.Count > 0 ? now.Causes[0].Fix : Diagnose(before));
    }

    private static string Named(SummitDiagnosis diagnosis) =>
        diagnosis.Causes.Count == 0 ? $"{diagnosis.RootCause}" : string.Join(", ", diagnosis.Causes.Select(cause => cause.Cause));

    private static string Diagnose(SummitDiagnosis diagnosis) =>
        Checks.Command.For("Invoke-SummitDiagnostic", diagnosis.Site, diagnosis.Target);
}
