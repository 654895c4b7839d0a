using Summit.Ops.Probing;

namespace Summit.Ops.Deployment;

/// <summary>What a deployment would do on one host, before anything is done.</summary>
public sealed record DeploymentPlan
{
    /// <summary>The site.</summary>
    public required SummitSite Site { get; init; }

    /// <summary>The host.</summary>
    public required SummitTarget Target { get; init; }

    /// <summary>What it is called in the report: Deploy, or Restore.</summary>
    public string Action { get; init; } = "Deploy";

    /// <summary>How many backups are kept, the newest; null for all.</summary>
    public int? Keep { get; init; }

    /// <summary>The bytes that are there; null where nothing is.</summary>
    public required byte[]? Before { get; init; }

    /// <summary>The bytes that shall be there.</summary>
    public required byte[] After { get; init; }

    /// <summary>SHA-256 of <see cref="Before"/>, or <c>absent</c>.</summary>
    public required string PreviousSha256 { get; init; }

    /// <summary>SHA-256 of <see cref="After"/>.</summary>
    public required string Sha256 { get; init; }

    /// <summary>The change as a unified diff; empty where the file stays as it is.</summary>
    public required string Diff { get; init; }

    /// <summary>Whether the link that enables the site is made.</summary>
    public required bool Enables { get; init; }

    /// <summary>Whether nginx must be reloaded although the file stays as it is.</summary>
    public required bool ReloadsOnly { get; init; }

    /// <summary>Servers and locations that the change takes away; it is refused without force where there are any.</summary>
    public required IReadOnlyList<string> Erases { get; init; }

    /// <summary>The addresses that are asked before and after it; what answered before and does not afterwards is put back.</summary>
    internal IReadOnlyList<string> Known { get; init; } = [];

    /// <summary>What is done, one line a step.</summary>
    public required IReadOnlyList<string> Steps { get; init; }

    /// <summary>Whether a deployment that did not end has left its journal: it is undone first, whatever else there is to do.</summary>
    public bool Unfinished { get; init; }

    /// <summary>Whether the configuration on the disk did not pass <c>nginx -t</c> before: nginx could not be brought back to it.</summary>
    public bool DiskFailed { get; init; }

    /// <summary>
    /// A probe from this machine that must succeed after it, or the deployment is taken back; null for none, and the site's
    /// own endpoint is only looked at.
    /// </summary>
    public ProbeRequest? Verify { get; init; }

    /// <summary>Whether it may yet be taken back after it stands, so that one backup more stays.</summary>
    internal bool MayBeTakenBack { get; init; }

    /// <summary>The same, proven by a probe from this machine.</summary>
    /// <param name="probe">The probe; null leaves the plan as it is.</param>
    public DeploymentPlan VerifiedBy(ProbeRequest? probe) => probe is null ? this : this with
    {
        Verify = probe,
        Steps = Changes
            ? [
                .. Steps,
                $"open a WebSocket to {probe} from this machine; "
                    + $"{(ReloadsOnly ? "say so where none opens" : "put everything back where none opens")}",
            ]
            : Steps,
    };

    /// <summary>Whether there is anything to do.</summary>
    public bool Changes => Diff.Length > 0 || Enables || ReloadsOnly || Unfinished;

    /// <summary>Makes the same plan on other evidence; null where it was not made by the planner.</summary>
    internal Func<Evidence.SiteEvidence, DeploymentPlan>? Again { get; init; }
}
