using System.Globalization;
using Summit.Ops.Deployment;
using Summit.Ops.Errors;
using Summit.Ops.Evidence;
using Summit.Ops.Hosts;
using Summit.Ops.Text;

namespace Summit.Ops.Backend;

/// <summary>
/// Brings a site's backend up to date by the site's own command, and proves that it serves; what does not is undone by
/// the site's own command for that.
/// </summary>
/// <param name="host">The host.</param>
/// <param name="time">The clock.</param>
public sealed class BackendDeployer(IHost host, TimeProvider time)
{
    /// <summary>How long each of the site's commands may run where nothing else is said.</summary>
    public static readonly TimeSpan CommandTime = TimeSpan.FromMinutes(10);

    /// <summary>How long a backend may take until it serves.</summary>
    internal TimeSpan StartTime { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Deploys it.</summary>
    /// <param name="before">The site's evidence on the host, which says who manages the process and where it runs.</param>
    /// <param name="commandTime">How long each command may run.</param>
    /// <param name="token">A token for the probe, or null.</param>
    /// <param name="cancellation">On cancellation the command is ended, and what was begun is undone.</param>
    /// <returns>
    /// What was done; <see cref="SummitDeployment.RolledBack"/> where it was undone, and neither that nor
    /// <see cref="SummitDeployment.Reloaded"/> where it could not be.
    /// </returns>
    /// <exception cref="SummitHostException">
    /// Neither pm2 nor systemd knows the process, or another deployment is under way; nothing was done.
    /// </exception>
    public async Task<SummitDeployment> DeployAsync(
        SiteEvidence before, TimeSpan commandTime, string? token, CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        var backend = Managed(before);
        var answer = ScriptAnswer.Read(await host.RunAsync(Script(before.Site, backend, commandTime), cancellation), host.Target);
        if (answer.Outcome == "refused")
        {
            throw new SummitHostException(
                "BackendNotDeployed", SummitErrorKind.OperationFailed, $"{host.Target}: {answer["reason"]} Nothing was done.", host.Target,
                Checks.Command.For("Test-SummitBackend", before));
        }

        var deployed = answer.Outcome == "deployed";
        var after = await new SiteGatherer(time).GatherAsync(host, before.Site, token, cancellation);
        var probe = after.Hop(SiteEvidence.BackendHop);
        return new SummitDeployment
        {
            Target = host.Target,
            Path = before.Site.ProcessName,
            Action = "Deploy",
            Changed = answer["undone"] != "yes",
            Reloaded = deployed,
            Verified = deployed && probe is { Success: true },
            RolledBack = answer["undone"] == "yes",
            WebSocket = probe,
            Output = Output(answer, probe),
            Duration = time.GetElapsedTime(started),
        };
    }

    /// <summary>What would be done, one line each.</summary>
    /// <exception cref="SummitHostException">Neither pm2 nor systemd knows the process.</exception>
    public static IReadOnlyList<string> Steps(SiteEvidence evidence)
    {
        var (site, backend) = (evidence.Site, Managed(evidence));
        var account = site.BackendUser.Length > 0 ? $", as {site.BackendUser}" : "";
        var undo = site.RollbackCommand.Length > 0
            ? $"; where it does not: run '{TextRedaction.Of(ForeignText.Visible(site.RollbackCommand))}' and reload again"
            : "; there is no RollbackCommand for where it does not";
        List<string> steps = [];
        if (site.DeployCommand.Length > 0)
        {
            steps.Add($"run '{TextRedaction.Of(ForeignText.Visible(site.DeployCommand))}' in "
                + $"{(backend.WorkingDirectory.Length > 0 ? backend.WorkingDirectory : "the account's home")}{account}");
        }

        steps.Add($"reload {site.ProcessName} in {backend.Manager.ToString().ToLowerInvariant()}"
            + $"{(backend.Mode == "cluster" ? " (cluster mode: one process after the other)" : "")}");
        steps.Add($"wait until it listens on port {site.BackendPort} and answers an upgrade, past nginx{undo}");
        return steps;
    }

    private static SummitBackend Managed(SiteEvidence evidence)
    {
        var known = evidence.Answered();
        return known.Backends(evidence.Site)[0] is { Manager: not SummitBackendManager.None } backend
            ? backend
            : throw BackendRestarter.NotManaged(evidence, known);
    }

    private static string Output(ScriptAnswer answer, SummitWebSocketResult? probe)
    {
        var undone = answer["undone"] switch
        {
            "yes" => "It was rolled back, and the backend serves again.",
            "no" => $"It could not be rolled back: {answer["why"].TrimEnd('.')}.",
            "none" => "The site has no RollbackCommand, so nothing was undone.",
            _ => "",
        };
        string[] parts =
        [
            answer["recovered"].Length > 0 ? "An earlier deployment had not ended; this one began afresh." : "",
            answer["reason"],
            undone,
            answer["deploy"],
            answer["output"],
            answer["rollback"],
            answer.Outcome == "deployed" && probe is { Success: false } ? probe.Explanation : "",
        ];
        return TextRedaction.Of(string.Join('\n', parts.Where(part => part.Length > 0)));
    }

    private HostScript Script(SummitSite site, SummitBackend backend, TimeSpan commandTime) => new(
        "deploy the backend",
        ShellScript.Compose(
            [
                .. SiteVariables.Backend(site),
                new("MANAGER", backend.Manager.ToString()),
                new("BACKEND_URL", "http" + SiteProbes.Backend(site, token: null).Uri[2..]),
                new("SERVER_NAME", site.ServerName),
                new("WORK_DIR", backend.WorkingDirectory),
                new("DEPLOY_COMMAND", site.DeployCommand),
                new("ROLLBACK_COMMAND", site.RollbackCommand),
                new("WAIT", Seconds(StartTime)),
                new("COMMAND_TIME", Seconds(commandTime)),
            ],
            "prelude.sh",
            "pm2-owner.sh",
            "pm2.sh",
            "unit.sh",
            "answer.sh",
            "service.sh",
            "own.sh",
            "lock.sh",
            "backend-place.sh",
            "manager.sh",
            "deploy-backend.sh"),
        // the command and its roll-back, each with its time, and two reloads that are waited for
        (2 * (commandTime + StartTime)) + TimeSpan.FromMinutes(2),
        ReadOnly: false)
    {
        // the end of the command, the roll-back with its time, and a reload that is waited for
        RollBackTime = commandTime + StartTime + TimeSpan.FromMinutes(1),
    };

    private static string Seconds(TimeSpan time) => Math.Ceiling(time.TotalSeconds).ToString(CultureInfo.InvariantCulture);
}
