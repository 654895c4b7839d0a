using Summit.Ops.Causes;

namespace Summit.Ops.Repair;

/// <summary>The smallest repair of what a diagnosis names: a pure function of it.</summary>
/// <param name="Steps">What to do, in the guide's order: the configuration, the backend, nginx itself.</param>
/// <param name="Beyond">What nothing here mends, the first broken layer first.</param>
internal sealed record RepairPlan(IReadOnlyList<PlannedStep> Steps, IReadOnlyList<BeyondRepair> Beyond)
{
    private static readonly SummitRepairAction[] GuidesOrder =
    [SummitRepairAction.DeployConfig, SummitRepairAction.DeployBackend, SummitRepairAction.RestartBackend, SummitRepairAction.ReloadNginx];

    /// <summary>Plans it.</summary>
    public static RepairPlan For(SummitDiagnosis diagnosis)
    {
        if (diagnosis.Healthy) return new([], []);
        var beyond = new List<BeyondRepair>();
        var causes = new Dictionary<SummitRepairAction, List<SummitCause>>();
        foreach (var diagnosed in diagnosis.Causes)
        {
            var (action, why) = Remedy(diagnosed, diagnosis);
            if (action is { } step) (causes.TryGetValue(step, out var same) ? same : causes[step] = []).Add(diagnosed.Cause);
            else beyond.Add(new(diagnosed.Cause, why, diagnosed.Fix));
        }

        if (diagnosis.Causes.Count == 0)
        {
            beyond.Add(new(SummitCause.Unknown, CauseCatalogue.Of(SummitCause.Unknown).Remedy.Why, Checks.Command.For(
                "Test-SummitWebSocket", diagnosis.Site, SummitTarget.Local)));
        }

        // one start is enough for a backend that is deployed
        if (causes.TryGetValue(SummitRepairAction.DeployBackend, out var deployed)
            && causes.Remove(SummitRepairAction.RestartBackend, out var restarted))
        {
            deployed.AddRange(restarted);
        }

        return new([.. GuidesOrder.Where(causes.ContainsKey)
            .Select(action => new PlannedStep(action, [.. causes[action].OrderBy(CauseCatalogue.Rank)]))], beyond);
    }

    private static (SummitRepairAction? Action, string Why) Remedy(SummitDiagnosedCause cause, SummitDiagnosis diagnosis)
    {
        var remedy = CauseCatalogue.Of(cause.Cause).Remedy;
        if (cause.Cause == SummitCause.NginxLocationMissing && Checks.SiteDescription.BackendKnowsNoPath(diagnosis.Checks))
        {
            return (null, $"the backend itself answers 404 at {diagnosis.Site.WebSocketPath}, so a location for it would help nobody");
        }

        if (Checks.Nginx.SiteExpression.IsCorrection(cause.Fix))
        {
            return (null, "the site's description and the host differ, and which of the two is wrong is for those to say who wrote them");
        }

        if (cause.Cause == SummitCause.NginxWrongServer
            && diagnosis.Checks.Any(check => check is { Id: "Nginx.Running", Status: SummitCheckStatus.Fail }))
        {
            return (null, "which addresses nginx listens on is for those to say who wrote its listen lines");
        }

        // nginx hides the browser's Origin: that line is the site's own
        if (cause.Cause == SummitCause.BackendRejectsOrigin && diagnosis.Proof is { AfterChange.Form: SummitReplayForm.WithClientOrigin })
        {
            remedy = new(SummitRepairAction.DeployConfig);
        }

        // a buffer that is too small keeps nobody out on purpose
        if (cause.Cause == SummitCause.NginxRejectsHandshake
            && diagnosis.WebSocket.Any(hop => hop is { HttpStatus: 414, IsNginxPage: true }))
        {
            remedy = new(SummitRepairAction.DeployConfig);
        }

        return remedy.Action switch
        {
            SummitRepairAction.DeployBackend when diagnosis.Site.DeployCommand.Length == 0 => (null, remedy.Why),
            SummitRepairAction.DeployConfig or SummitRepairAction.ReloadNginx when Refused(diagnosis) is { } refused => (null, refused),
            var action => (action, remedy.Why),
        };
    }

    /// <summary>Why nginx would take no configuration at all, whatever was deployed; null where it would.</summary>
    private static string? Refused(SummitDiagnosis diagnosis)
    {
        var complaint = diagnosis.Checks.FirstOrDefault(check => check is { Id: "Nginx.Syntax", Status: SummitCheckStatus.Fail });
        if (complaint is { Cause: SummitCause.CertificateMissing })
        {
            return "nginx takes no configuration while a certificate is missing that one of its files names";
        }

        if (complaint is { File: { } file } && file != diagnosis.Site.ConfigPath && file != diagnosis.Site.EnabledPath)
        {
            return $"nginx takes no configuration while {file} is wrong, and that file is not this site's";
        }

        return diagnosis.Causes.Any(cause => cause.Cause == SummitCause.NginxNotInstalled)
            ? CauseCatalogue.Of(SummitCause.NginxNotInstalled).Remedy.Why
            : null;
    }
}

/// <summary>A step of the plan.</summary>
/// <param name="Action">What it does.</param>
/// <param name="Causes">What it is for.</param>
internal sealed record PlannedStep(SummitRepairAction Action, IReadOnlyList<SummitCause> Causes);

/// <summary>A cause that nothing here mends.</summary>
/// <param name="Cause">Which.</param>
/// <param name="Why">Whose it is.</param>
/// <param name="Fix">The command that mends it, or that says what would.</param>
internal sealed record BeyondRepair(SummitCause Cause, string Why, string Fix)
{
    /// <summary>It as a sentence.</summary>
    public override string ToString() => $"{Cause} cannot be repaired from here: {Why}.";
}
