using System.Reflection;

namespace Summit.Ops.Reporting;

/// <summary>What a report says, before it has any form: every format is written from this alone.</summary>
public sealed record Report
{
    /// <summary>When it was made.</summary>
    public required DateTimeOffset Made { get; init; }

    /// <summary>The least severity that counts as a failure; advice never does.</summary>
    public SummitSeverity MinimumSeverity { get; init; } = SummitSeverity.Warning;

    /// <summary>What it is about, in the order it came.</summary>
    public required IReadOnlyList<ReportSubject> Subjects { get; init; }

    /// <summary>What changed since an earlier report; null where none was given.</summary>
    public SummitBaseline? Baseline { get; init; }

    /// <summary>The objects that it was made of.</summary>
    public IEnumerable<object> Values =>
        Subjects.SelectMany(subject => subject.Value switch
        {
            IReadOnlyList<SummitCheck> checks => checks,
            WatchHistory watch => watch.Values,
            _ => (IEnumerable<object>)[subject.Value],
        });

    /// <summary>The module's version.</summary>
    public static string Version { get; } = typeof(Report).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";

    /// <summary>How often each outcome is among the subjects.</summary>
    internal int Count(ReportOutcome outcome) => Subjects.Count(subject => Outcome(subject) == outcome);

    /// <summary>Whether a failure counts: see <see cref="SummitCheck.IsFailure"/>; and it is severe enough.</summary>
    internal bool Counts(SummitCheck check) => check.IsFailure && check.Severity >= MinimumSeverity;

    /// <summary>What is to be said of a subject first.</summary>
    internal ReportOutcome Outcome(ReportSubject subject)
    {
        var counted = subject.Checks.Where(Counts).ToList();
        var errors = counted.Exists(check => check.Severity == SummitSeverity.Error);
        var broken = subject.Diagnosis is { } diagnosis ? !diagnosis.Healthy && (errors || diagnosis.Causes.Count == 0) : errors;
        if (subject.Diagnosis is { LookedAt: false }) return errors ? ReportOutcome.Broken : ReportOutcome.Unknown;
        if (broken) return ReportOutcome.Broken;
        if (counted.Count > 0) return ReportOutcome.NeedsAttention;
        if (subject.Diagnosis is { Healthy: false }) return ReportOutcome.Accepted;
        return subject.Checks.Count > 0
            && subject.Checks.All(check => check.Status is SummitCheckStatus.Unknown or SummitCheckStatus.Skipped)
            ? ReportOutcome.Unknown
            : ReportOutcome.Healthy;
    }

    /// <summary>The worst outcome of all.</summary>
    internal ReportOutcome Worst => Subjects.Count == 0 ? ReportOutcome.Unknown : Subjects.Max(Outcome);
}

/// <summary>What is said of a subject, from good to bad.</summary>
public enum ReportOutcome
{
    /// <summary>Nothing counts against it.</summary>
    Healthy,

    /// <summary>It fails, and all of that is accepted by suppressions.</summary>
    Accepted,

    /// <summary>It could not be looked at.</summary>
    Unknown,

    /// <summary>It works, and something counts against it all the same: a warning, or a suppression that has ended.</summary>
    NeedsAttention,

    /// <summary>It does not work.</summary>
    Broken,
}

/// <summary>One thing that a report is about: a diagnosis, a probe, a measurement, a deployment, a repair, a watch, or checks.</summary>
/// <param name="Name">What it is called: the site and the host, the endpoint, the file and the host.</param>
/// <param name="Value">The object that came.</param>
/// <param name="Checks">What was looked at, as checks.</param>
public sealed record ReportSubject(string Name, object Value, IReadOnlyList<SummitCheck> Checks)
{
    /// <summary>The diagnosis that says how it stands now: for a repair the one afterwards; null where there is none.</summary>
    internal SummitDiagnosis? Diagnosis =>
        Value switch { SummitDiagnosis diagnosis => diagnosis, SummitRepair repair => repair.After ?? repair.Before, _ => null };
}
