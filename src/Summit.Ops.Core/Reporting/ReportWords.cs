using System.Globalization;
using Summit.Ops.Text;

namespace Summit.Ops.Reporting;

/// <summary>The words that every format uses for the same thing.</summary>
internal static class ReportWords
{
    /// <summary>A verdict in a word or two.</summary>
    public static string Of(ReportOutcome outcome) => outcome switch
    {
        ReportOutcome.Healthy => "Healthy",
        ReportOutcome.Accepted => "Accepted",
        ReportOutcome.Unknown => "Not known",
        ReportOutcome.NeedsAttention => "Needs attention",
        _ => "Broken",
    };

    /// <summary>How a failure stands against the baseline.</summary>
    public static string Of(SummitBaselineState state) => state switch
    {
        SummitBaselineState.New => "New",
        SummitBaselineState.StillThere => "Still there",
        SummitBaselineState.Fixed => "Fixed",
        _ => "Not looked at",
    };

    /// <summary>
    /// What a check came to, as a reader should take it: a symptom and an accepted failure are told apart from a failure that counts.
    /// </summary>
    public static string Of(SummitCheck check) => check switch
    {
        { Status: SummitCheckStatus.Fail, Suppression: not null } => "Accepted",
        { Status: SummitCheckStatus.Fail, ExplainedBy: not SummitCause.None } => "Symptom",
        { Status: SummitCheckStatus.Fail, Severity: SummitSeverity.Advice } => "Advice",
        { Status: SummitCheckStatus.Fail, Severity: SummitSeverity.Warning } => "Warning",
        _ => check.Status.ToString(),
    };

    /// <summary>Why a failure does not count; empty where it does, or nothing failed.</summary>
    public static string WhyNot(SummitCheck check) => check switch
    {
        { Status: not SummitCheckStatus.Fail } => "",
        { Suppression: { } suppression } => string.Create(
            CultureInfo.InvariantCulture, $"Accepted until {suppression.Expires:yyyy-MM-dd} by {suppression.Owner}: {suppression.Reason}."),
        { ExplainedBy: not SummitCause.None } => $"Follows from {check.ExplainedBy}.",
        { Severity: SummitSeverity.Advice } => "Advice: the guide asks for it, and nginx does not need it.",
        _ => "",
    };

    /// <summary>Where the evidence stands; empty where it stands nowhere in particular.</summary>
    public static string Place(string? file, int? line) =>
        file is null or "" ? "" : line is > 0 ? string.Create(CultureInfo.InvariantCulture, $"{file}:{line}") : file;

    /// <summary>A time, with as many digits as say something.</summary>
    public static string Time(TimeSpan time) => time.TotalMilliseconds switch
    {
        < 0.0005 => "0 ms",
        < 1 => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0.00} ms"),
        < 10 => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0.0} ms"),
        < 1000 => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0} ms"),
        < 60_000 => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMinutes:0.0} min"),
    };

    /// <summary>A moment, in UTC.</summary>
    public static string Moment(DateTimeOffset moment) =>
        moment.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    /// <summary>A hop as people call it.</summary>
    public static string Hop(string hop) => hop switch
    {
        "Backend" => "Backend, past nginx",
        "NginxLoopback" => "nginx, on the host",
        "PrivateAddress" => "Private address",
        "Public" => "Public name",
        "" => "Probe",
        _ => hop,
    };

    /// <summary>What came back from a hop, in a few words.</summary>
    public static string Answer(SummitWebSocketResult probe) => probe switch
    {
        { Success: true } => "101, open",
        { CloseCode: { } code } => $"closed with {code}",
        { HttpStatus: { } status } => $"{status} {probe.HttpReason}".TrimEnd(),
        _ => $"{probe.FailedStage} failed",
    };

    /// <summary>The layers of a probe, in their order.</summary>
    public static IReadOnlyList<string> LayerNames { get; } = ["DNS", "TCP", "Proxy", "TLS", "Upgrade", "First message", "Close"];

    /// <summary>The layers of a probe that were timed, in their order.</summary>
    public static IEnumerable<(string Layer, TimeSpan Time)> Layers(SummitProbeTimings timings)
    {
        TimeSpan?[] times = [timings.Dns, timings.Tcp, timings.Proxy, timings.Tls, timings.Upgrade, timings.FirstMessage, timings.Close];
        return LayerNames.Zip(times).Where(pair => pair.Second is not null).Select(pair => (pair.First, pair.Second!.Value));
    }

    /// <summary>The first sentence on a subject: what is wrong, or that nothing is.</summary>
    public static string Headline(ReportSubject subject) => subject.Value switch
    {
        SummitRepair repair => repair.Reason,
        SummitDiagnosis { Causes: [var first, ..] } => first.Explanation,
        SummitDiagnosis { Healthy: true } => "A WebSocket opens, and nothing that breaks it was found.",
        SummitDiagnosis { LookedAt: false } diagnosis =>
            "The host could not be looked at, so nothing says that it is "
                + $"well{(diagnosis.WebSocket.Any(hop => hop.Success) ? "; that the public name opens may be another host's doing" : "")}. "
                + $"{diagnosis.NotReached}",
        SummitDiagnosis => "A WebSocket does not open, and what could be looked at does not say why.",
        SummitWebSocketResult probe => probe.Explanation,
        SummitWebSocketMeasurement measurement => measurement.Explanation,
        SummitDeployment or WatchHistory => subject.Checks[0].Evidence,
        _ => Counts(subject.Checks),
    };

    /// <summary>A watch in a sentence.</summary>
    public static string Of(WatchHistory watch)
    {
        var outages = watch.OutageCount == 0
            ? "no outage"
            : $"{Amount.Of(watch.OutageCount, "outage")}, down for {Length(watch.Downtime)}, longest {Length(watch.LongestOutage)}";
        var cuts = watch.Cuts > 0 ? $", {Amount.Of(watch.Cuts, "held connection")} cut" : "";
        return $"{watch.State} at the end; available {Part(watch.Availability)} of the time; {outages}{cuts}.";
    }

    /// <summary>A part of a whole, in percent.</summary>
    public static string Part(double? part) => part?.ToString("0.###%", CultureInfo.InvariantCulture) ?? "for an unknown part";

    /// <summary>A length of time, from milliseconds to days.</summary>
    public static string Length(TimeSpan time) => time.TotalHours < 2 ? Time(time)
        : string.Create(CultureInfo.InvariantCulture, $"{time.TotalHours:0.0} h");

    /// <summary>How many checks came to what.</summary>
    public static string Counts(IReadOnlyList<SummitCheck> checks)
    {
        (string Word, int Count)[] counts =
        [
            ("failed", checks.Count(check => check.IsFailure)),
            ("accepted", checks.Count(check => check is { Status: SummitCheckStatus.Fail, Suppression: not null })),
            (
                "symptoms",
                checks.Count(check => check is { Status: SummitCheckStatus.Fail, Suppression: null, ExplainedBy: not SummitCause.None })),
            ("advice", checks.Count(check => check is { Status: SummitCheckStatus.Fail, Suppression: null, ExplainedBy: SummitCause.None,
                Severity: SummitSeverity.Advice })),
            ("unknown", checks.Count(check => check.Status == SummitCheckStatus.Unknown)),
            ("do not apply", checks.Count(check => check.Status == SummitCheckStatus.Skipped)),
            ("passed", checks.Count(check => check.Status == SummitCheckStatus.Pass)),
        ];
        return string.Join(", ", counts.Where(count => count.Count > 0).Select(count => $"{count.Count} {count.Word}"));
    }

    /// <summary>A replayed request in words.</summary>
    public static string Of(SummitReplayForm form) => form switch
    {
        SummitReplayForm.AsSent => "As nginx sends it",
        SummitReplayForm.AfterChange => "As nginx would send it after the change",
        SummitReplayForm.WithUpgrade => "With HTTP/1.1, Upgrade and Connection",
        SummitReplayForm.WithoutOrigin => "Without Origin",
        SummitReplayForm.WithClientOrigin => "With the browser's Origin",
        SummitReplayForm.WithClientHost => "With the client's Host",
        SummitReplayForm.WithForwardedProto => "With X-Forwarded-Proto: https",
        SummitReplayForm.WithForwardedHost => "With the client's X-Forwarded-Host",
        SummitReplayForm.WithUpstreamHost => "With the backend's address as Host",
        SummitReplayForm.WithSubProtocols => "With subprotocols offered",
        SummitReplayForm.WithOtherPath => "For another path",
        SummitReplayForm.WithOtherScheme => "With the other scheme",
        SummitReplayForm.WithoutForwarded => "Without X-Forwarded headers",
        SummitReplayForm.WithPlainConnection => "With Connection: upgrade alone",
        _ => "At the site's backend",
    };
}
