using Summit.Ops.Checks;
using Summit.Ops.Checks.WebSocket;
using Summit.Ops.Errors;
using Summit.Ops.Text;

namespace Summit.Ops.Reporting;

/// <summary>Makes the subjects of a report from the objects that cmdlets emit.</summary>
public static class ReportSubjects
{
    private static readonly CheckDefinition Measured = new(
        "WebSocket.Measurement", "All WebSockets open and stay open", SummitSeverity.Warning, SummitRuleScope.Outside)
    {
        Causes = ClientView.Public.Definition.Causes,
    };

    private static readonly CheckDefinition Deployed = new(
        "Deployment.Verified", "The deployment is done and verified", SummitSeverity.Error, SummitRuleScope.Host)
    {
        Causes = ClientView.Public.Definition.Causes,
    };

    private static readonly CheckDefinition Watched = new(
        "WebSocket.Watch", "A WebSocket opens all the time", SummitSeverity.Warning, SummitRuleScope.Outside)
    {
        Causes = ClientView.Public.Definition.Causes,
    };

    /// <summary>The checks that a report makes of what is no diagnosis.</summary>
    internal static IReadOnlyList<CheckDefinition> Definitions { get; } = [Measured, Deployed, Watched];

    /// <summary>The types that a report can be made of.</summary>
    public static IReadOnlyList<Type> Types { get; } =
    [
        typeof(SummitDiagnosis), typeof(SummitCheck), typeof(SummitWebSocketResult), typeof(SummitWebSocketMeasurement),
        typeof(SummitDeployment), typeof(SummitRepair), typeof(SummitWebSocketTransition), typeof(SummitWatchSample),
        typeof(SummitWatchSummary),
    ];

    /// <summary>Refuses an object that no report can be made of.</summary>
    /// <exception cref="SummitArgumentException">It is one.</exception>
    public static void Check(object? value)
    {
        if (value is not null && Types.Contains(value.GetType())) return;
        throw new SummitArgumentException(
            "ReportInputInvalid",
            $"A report cannot be made of {(value is null ? "nothing" : $"a {value.GetType().Name}")}; "
                + $"it can of {string.Join(", ", Types.Select(type => type.Name))}.",
            value,
            "Invoke-SummitDiagnostic | Export-SummitReport -Path ./report.html");
    }

    /// <summary>The subjects, in the order their first object came; single checks are one subject together, and so is
    /// what came of the watches of one endpoint.</summary>
    public static IReadOnlyList<ReportSubject> Of(IReadOnlyList<object> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var subjects = new List<ReportSubject>();
        var checks = values.OfType<SummitCheck>().ToList();
        var watches = values.Select(value => (Value: value, Key: Endpoint(value))).Where(each => each.Key is not null)
            .GroupBy(each => each.Key!, each => each.Value, StringComparer.Ordinal)
            .ToDictionary(each => each.First(), each => Of(new WatchHistory(each)), ReferenceEqualityComparer.Instance);
        foreach (var value in values)
        {
            if (watches.TryGetValue(value, out var watch)) subjects.Add(watch);
            else if (Endpoint(value) is not null) continue;
            else if (value is not SummitCheck) subjects.Add(Of(value));
            else if (checks.Count > 0 && ReferenceEquals(value, checks[0])) subjects.Add(new ReportSubject("Checks", checks, checks));
        }

        return subjects;
    }

    private static ReportSubject Of(object value) => value switch
    {
        SummitDiagnosis diagnosis => new($"{diagnosis.Site} on {diagnosis.Target}", diagnosis, diagnosis.Checks),
        SummitRepair repair => new($"{repair.Site} on {repair.Target}", repair, (repair.After ?? repair.Before).Checks),
        SummitWebSocketResult probe => new(probe.Uri, probe, [Of(probe)]),
        SummitWebSocketMeasurement measurement => new($"Measurement of {measurement.Uri}", measurement, [Of(measurement)]),
        SummitDeployment deployment =>
            new($"{deployment.Action} of {deployment.Path} on {deployment.Target}", deployment, [Of(deployment)]),
        _ => throw new ArgumentOutOfRangeException(nameof(value), value.GetType().Name, "No report is made of this."),
    };

    /// <summary>What a part of a watch is about; null where it is no such part.</summary>
    private static string? Endpoint(object value) => value switch
    {
        SummitWebSocketTransition transition => $"{transition.Uri} {transition.Site?.Name}".TrimEnd(),
        SummitWatchSample sample => $"{sample.Uri} {sample.Site}".TrimEnd(),
        SummitWatchSummary summary => $"{summary.Uri} {summary.Site}".TrimEnd(),
        _ => null,
    };

    private static ReportSubject Of(WatchHistory watch) => new($"Watch of {watch.Uri}", watch, [Check(watch)]);

    private static SummitCheck Check(WatchHistory watch)
    {
        var status = watch switch
        {
            { State: SummitWatchState.Down } or { OutageCount: > 0 } or { Cuts: > 0 } => SummitCheckStatus.Fail,
            { Availability: null } => SummitCheckStatus.Unknown,
            _ => SummitCheckStatus.Pass,
        };
        var fault = status == SummitCheckStatus.Fail ? watch.LastFault : null;
        return new SummitCheck
        {
            Id = Watched.Id,
            Title = Watched.GeneralTitle,
            Status = status,
            Severity = watch.State == SummitWatchState.Down ? SummitSeverity.Error : Watched.Severity,
            Cause = fault?.Cause ?? SummitCause.None,
            Target = watch.Uri,
            Evidence = ReportWords.Of(watch),
            Fix = fault?.Fix ?? "",
            HelpUri = Watched.HelpUri,
        };
    }

    private static SummitCheck Of(SummitWebSocketResult probe) => new()
    {
        Id = ClientView.Public.Definition.Id,
        Title = ClientView.Public.Definition.GeneralTitle,
        Status = probe.Success ? SummitCheckStatus.Pass : SummitCheckStatus.Fail,
        Severity = SummitSeverity.Error,
        Cause = probe.Success ? SummitCause.None : probe.Cause,
        Target = probe.Uri,
        Evidence = probe.Explanation,
        Fix = probe.Fix,
        HelpUri = ClientView.Public.Definition.HelpUri,
    };

    private static SummitCheck Of(SummitWebSocketMeasurement measurement)
    {
        var tried = measurement.Connections - measurement.NotTried;
        var wrong = measurement.Failed > 0 || measurement.Dropped > 0;
        return new SummitCheck
        {
            Id = Measured.Id,
            Title = Measured.GeneralTitle,
            Status = tried <= 0 ? SummitCheckStatus.Unknown : wrong ? SummitCheckStatus.Fail : SummitCheckStatus.Pass,
            Severity = measurement.Opened == 0 ? SummitSeverity.Error : Measured.Severity,
            Cause = !wrong ? SummitCause.None : measurement.Failures.Select(failure => failure.Cause)
                .Concat(measurement.Drops.Select(drop => drop.Cause)).FirstOrDefault(SummitCause.Unknown),
            Target = measurement.Uri,
            Evidence = measurement.Explanation,
            Fix = measurement.Fix,
            HelpUri = Measured.HelpUri,
        };
    }

    private static SummitCheck Of(SummitDeployment deployment)
    {
        var (status, words) = deployment switch
        {
            { RolledBack: true } => (SummitCheckStatus.Fail, $"The old state was put back. {ForeignText.Visible(deployment.Output)}"),
            { Verified: true } => (
                SummitCheckStatus.Pass,
                deployment.Changed ? "Done, and a WebSocket opens after it." : "Nothing had to be changed, and a WebSocket opens."),
            { WebSocket: { } probe } => (SummitCheckStatus.Fail, $"No WebSocket opens after it. {probe.Explanation}"),
            _ => (SummitCheckStatus.Unknown, "No WebSocket was tried after it."),
        };
        return new SummitCheck
        {
            Id = Deployed.Id,
            Title = Deployed.GeneralTitle,
            Status = status,
            Severity = Deployed.Severity,
            Cause = status == SummitCheckStatus.Fail ? deployment.WebSocket?.Cause ?? SummitCause.Unknown : SummitCause.None,
            Target = deployment.Target.ToString(),
            Evidence = words.Trim(),
            Fix = deployment.WebSocket?.Fix ?? "",
            File = deployment.Path.StartsWith('/') ? deployment.Path : null,
            HelpUri = Deployed.HelpUri,
        };
    }
}
