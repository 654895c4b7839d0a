using Summit.Ops.Checks;
using Summit.Ops.Checks.Host;
using Summit.Ops.Deployment;
using Summit.Ops.Diagnosis.Proving;
using Summit.Ops.Errors;
using Summit.Ops.Evidence;
using Summit.Ops.Nginx;
using Summit.Ops.Nginx.Editing;
using Summit.Ops.Text;

namespace Summit.Ops.Repair;

/// <summary>A step of the plan made ready on what is on the host: pure, so that <c>-WhatIf</c> shows exactly what would be done.</summary>
/// <param name="Shown">The step as it is shown.</param>
/// <param name="Deployment">The planned change of a file; null where none changes.</param>
internal sealed record PreparedStep(SummitRepairStep Shown, DeploymentPlan? Deployment)
{
    /// <summary>Makes the steps ready; what turns out not to be possible here comes back as beyond this repair.</summary>
    public static (IReadOnlyList<PreparedStep> Ready, IReadOnlyList<BeyondRepair> Beyond) All(
        IEnumerable<PlannedStep> steps, SiteEvidence evidence)
    {
        var (ready, beyond) = (new List<PreparedStep>(), new List<BeyondRepair>());
        foreach (var step in steps)
        {
            try
            {
                // a deployment reloads nginx as well
                if (step.Action == SummitRepairAction.ReloadNginx
                    && ready.FindIndex(other => other.Deployment is { Changes: true }) is >= 0 and var index)
                {
                    ready[index] = ready[index] with
                    {
                        Shown = ready[index].Shown with { Causes = [.. ready[index].Shown.Causes, .. step.Causes] },
                    };
                    continue;
                }

                ready.Add(Prepare(step, evidence));
            }
            catch (SummitException error)
            {
                beyond.AddRange(step.Causes.Select(cause => new BeyondRepair(cause, error.Message.TrimEnd('.'), error.RecommendedAction)));
            }
        }

        return (ready, beyond);
    }

    private static PreparedStep Prepare(PlannedStep step, SiteEvidence evidence)
    {
        var site = evidence.Site;
        switch (step.Action)
        {
            case SummitRepairAction.DeployConfig:
                return Config(step, evidence);
            case SummitRepairAction.ReloadNginx:
                var starts = step.Causes.Contains(SummitCause.NginxNotRunning);
                return Of(
                    step, $"{(starts ? "start" : "reload")} nginx", "Restart-SummitNginx", evidence,
                    [
                        "nginx -t", starts ? "start nginx" : "reload nginx gracefully: open connections stay with the old workers",
                        "wait for its workers, look for complaints in its error log, try a WebSocket handshake",
                    ]);
            case SummitRepairAction.DeployBackend:
                return Of(
                    step, $"deploy the backend {site.ProcessName}", "Deploy-SummitBackend", evidence,
                    Backend.BackendDeployer.Steps(evidence));
            default:
                var manager = Managed(evidence).ToString().ToLowerInvariant();
                return Of(
                    step, $"restart the backend {site.ProcessName} in {manager}", "Restart-SummitBackend", evidence,
                    [
                        $"restart {site.ProcessName} in {manager}; its open connections end",
                        $"wait until it listens on port {site.BackendPort}", "try a WebSocket handshake at it, past nginx",
                    ]);
        }
    }

    private static PreparedStep Config(PlannedStep step, SiteEvidence evidence)
    {
        // a file that nginx cannot read is not edited: the whole expected one takes its place, if nothing else is lost by that
        var broken = step.Causes.Contains(SummitCause.NginxSyntaxInvalid);
        var defined = broken ? WithItsMap(evidence) : null;
        if (defined is not null) broken = false;
        var plan = defined
            ?? (broken ? Replacement(evidence) : DeploymentPlanner.Plan(evidence, DeploymentMode.Repair, content: null, force: false));
        if (!plan.Changes)
        {
            throw new SummitDeploymentException(
                "ConfigAlreadyRight", SummitErrorKind.OperationFailed,
                $"{evidence.Site.ConfigPath} is as it should be, enabled and loaded: what breaks the WebSocket stands elsewhere",
                evidence.Target,
                Command.For("Compare-SummitNginxConfig", evidence));
        }

        ChangeGate.Check(plan, evidence);
        var what = plan.Diff.Length == 0
            ? plan.Enables ? $"enable {evidence.Site.ConfigPath}" : "reload nginx"
            : $"{(plan.Before is null ? "deploy" : broken ? "replace" : "repair")} {evidence.Site.ConfigPath}";
        var prepared = Of(step, what, "Deploy-SummitNginxConfig", evidence, plan.Steps);
        return prepared with
        {
            Deployment = plan,
            Shown = prepared.Shown with { Diff = plan.Diff, Command = prepared.Shown.Command + (broken ? " -Replace" : "") },
        };
    }

    /// <summary>The site's file with the map that nginx misses; null where it misses something else.</summary>
    private static DeploymentPlan? WithItsMap(SiteEvidence evidence)
    {
        var site = evidence.Site;
        if (evidence.Host is not { NginxTest: { ExitCode: not 0 } test } host || NginxComplaint.In(test.Text) is not { } complaint
            || host.File(site.ConfigPath) is not { } bytes)
        {
            return null;
        }

        return MissingMap.Define(NginxConfigReader.FromBytes(site.ConfigPath, bytes, evidence.Target), complaint.Message) is { } defined
            ? DeploymentPlanner.Plan(evidence, DeploymentMode.Repair, defined, force: false)
            : null;
    }

    /// <summary>
    /// The whole expected file; where that loses something, what nginx says is what somebody needs to mend the file by hand.
    /// </summary>
    private static DeploymentPlan Replacement(SiteEvidence evidence)
    {
        try
        {
            return DeploymentPlanner.Plan(evidence, DeploymentMode.Replace, content: null, force: false);
        }
        catch (SummitDeploymentException error) when (error.ErrorId == "DeploymentErases"
            && evidence.Host?.NginxTest is { ExitCode: not 0 } test && NginxComplaint.In(test.Text) is { } complaint)
        {
            throw new SummitDeploymentException(
                error.ErrorId, SummitErrorKind.OperationFailed,
                $"nginx -t says: {ForeignText.Visible(complaint.ToString())}. {error.Message}",
                evidence.Target, error.RecommendedAction);
        }
    }

    private static SummitBackendManager Managed(SiteEvidence evidence)
    {
        var host = evidence.Answered();
        return host.Backends(evidence.Site)[0].Manager is not SummitBackendManager.None and var manager
            ? manager
            : throw Backend.BackendRestarter.NotManaged(evidence, host);
    }

    private static PreparedStep Of(
        PlannedStep step, string description, string cmdlet, SiteEvidence evidence, IReadOnlyList<string> details) => new(
            new SummitRepairStep { Action = step.Action, Causes =
                step.Causes, Description = description, Details = details, Command = Command.For(cmdlet, evidence) }, Deployment: null);
}
