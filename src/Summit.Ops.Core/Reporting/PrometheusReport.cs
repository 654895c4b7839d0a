using System.Globalization;
using System.Text;
using Summit.Ops.Text;
using Summit.Ops.Watching;

namespace Summit.Ops.Reporting;

/// <summary>
/// A report as figures in the text format of Prometheus, version 0.0.4: times in seconds, moments as Unix time, a label for each name.
/// </summary>
internal static class PrometheusReport
{
    private sealed class Metrics
    {
        private readonly Dictionary<string, (string Help, string Type, List<string> Lines)> _families = new(StringComparer.Ordinal);

        public void Add(string name, string help, double? value, string type, params (string Name, string Value)[] labels) =>
            Add(name, "", help, value, type, labels);

        /// <summary>Adds a value of a family; the suffix is that of a part of it.</summary>
        public void Add(string name, string suffix, string help, double? value, string type, (string Name, string Value)[] labels)
        {
            if (value is not { } number) return;
            if (!_families.TryGetValue(name, out var family)) _families[name] = family = (help, type, []);
            var told = string.Join(
                ',', labels.Where(label => label.Value.Length > 0).Select(label => $"{label.Name}=\"{Escaped(label.Value)}\""));
            var line = $"summit_{name}{suffix}{(told.Length > 0 ? $"{{{told}}}" : "")}";
            // a series may come once: what came last stands
            family.Lines.RemoveAll(other => other.StartsWith(line + " ", StringComparison.Ordinal));
            family.Lines.Add($"{line} {number.ToString("R", CultureInfo.InvariantCulture)}");
        }

        public string Write()
        {
            var text = new StringBuilder();
            foreach (var (name, family) in _families)
            {
                text.Append(CultureInfo.InvariantCulture, $"# HELP summit_{name} {family.Help}\n# TYPE summit_{name} {family.Type}\n");
                foreach (var line in family.Lines) text.Append(line).Append('\n');
            }

            return text.ToString();
        }

        private static string Escaped(string value) => ForeignText.Visible(value)
            .Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
    }

    /// <summary>Writes it.</summary>
    public static string Write(Report report)
    {
        var metrics = new Metrics();
        foreach (var subject in report.Subjects) Add(metrics, report, subject);
        metrics.Add("report_timestamp_seconds", "When the report was made.", report.Made.ToUnixTimeMilliseconds() / 1000.0, "gauge");
        return metrics.Write();
    }

    private static void Add(Metrics metrics, Report report, ReportSubject subject)
    {
        (string, string)[] names = subject.Value switch
        {
            WatchHistory watch => [("uri", watch.Uri), ("site", watch.Site)],
            SummitWebSocketResult probe => [("uri", probe.Uri)],
            SummitWebSocketMeasurement measurement => [("uri", measurement.Uri)],
            SummitDeployment deployment => [("path", deployment.Path), ("target", deployment.Target.ToString())],
            _ when subject.Diagnosis is { } diagnosis =>
                [("uri", diagnosis.Site.Uri), ("site", diagnosis.Site.Name), ("target", diagnosis.Target.ToString())],
            _ => [],
        };
        foreach (var check in subject.Checks)
        {
            metrics.Add(
                "check_failed", "Whether a check counts as failed (1) or not (0); what could not be looked at is left out.",
                check.Status is SummitCheckStatus.Unknown or SummitCheckStatus.Skipped ? null : report.Counts(check) ? 1 : 0, "gauge",
                [.. names, ("check", check.Id), .. names.Length == 0 ? [("target", check.Target)] : Array.Empty<(string, string)>()]);
        }

        switch (subject.Value)
        {
            case WatchHistory watch: Watch(metrics, watch, names); break;
            case SummitWebSocketResult probe: Probe(metrics, probe, names); break;
            case SummitWebSocketMeasurement measurement: Measurement(metrics, measurement, names); break;
            case SummitDeployment deployment: Deployment(metrics, deployment, names); break;
        }

        if (subject.Diagnosis is { } found) Diagnosis(metrics, found, names);
    }

    private static void Diagnosis(Metrics metrics, SummitDiagnosis diagnosis, (string, string)[] names)
    {
        metrics.Add(
            "healthy", "Whether a diagnosis found nothing that breaks a WebSocket.",
            diagnosis.LookedAt ? diagnosis.Healthy ? 1 : 0 : null, "gauge", names);
        metrics.Add("diagnosis_duration_seconds", "How long the diagnosis took.", diagnosis.Duration.TotalSeconds, "gauge", names);
        foreach (var cause in diagnosis.Causes)
        {
            metrics.Add("cause", "A cause that a diagnosis found.", 1, "gauge", [.. names, ("cause", cause.Cause.ToString())]);
        }

        foreach (var hop in diagnosis.WebSocket) Probe(metrics, hop, [.. names, ("hop", hop.Hop)]);
    }

    private static void Probe(Metrics metrics, SummitWebSocketResult probe, (string, string)[] names)
    {
        metrics.Add("websocket_up", "Whether a WebSocket opens.", probe.Success ? 1 : 0, "gauge", names);
        metrics.Add(
            "websocket_open_seconds", "From the first packet to the 101.", WatchStateMachine.Latency(probe)?.TotalSeconds, "gauge", names);
        metrics.Add(
            "certificate_expiry_timestamp_seconds", "When the served certificate is over.",
            probe.Certificate?.NotAfter.ToUnixTimeSeconds(), "gauge", names);
    }

    private static void Measurement(Metrics metrics, SummitWebSocketMeasurement measurement, (string, string)[] names)
    {
        const string help = "The connections of a measurement, by what became of them.";
        metrics.Add("measurement_connections", help, measurement.Opened, "gauge", [.. names, ("result", "opened")]);
        metrics.Add("measurement_connections", help, measurement.Failed, "gauge", [.. names, ("result", "failed")]);
        metrics.Add("measurement_connections", help, measurement.Dropped, "gauge", [.. names, ("result", "dropped")]);
        Latency(metrics, "measurement_open_seconds", "Time to open, by quantile.", measurement.Open, names);
        Latency(metrics, "measurement_round_trip_seconds", "Round trip, by quantile.", measurement.RoundTrip, names);
    }

    private static void Deployment(Metrics metrics, SummitDeployment deployment, (string, string)[] names)
    {
        metrics.Add("deployment_verified", "Whether a WebSocket opened after the deployment.", deployment.Verified ? 1 : 0, "gauge", names);
        metrics.Add(
            "deployment_rolled_back", "Whether the old state was put back.", deployment.RolledBack ? 1 : 0, "gauge", names);
    }

    private static void Watch(Metrics metrics, WatchHistory watch, (string, string)[] names)
    {
        var known = watch.State != SummitWatchState.Unknown;
        metrics.Add(
            "websocket_up", "Whether a WebSocket opens.",
            known && watch.State != SummitWatchState.Flapping ? watch.State == SummitWatchState.Down ? 0 : 1 : null, "gauge", names);
        metrics.Add("watch_availability_ratio", "The part of the watched time without an outage.", watch.Availability, "gauge", names);
        metrics.Add("watch_outages", "How often it went down.", watch.OutageCount, "gauge", names);
        metrics.Add("watch_downtime_seconds", "How long it was down in all.", watch.Downtime.TotalSeconds, "gauge", names);
        metrics.Add("watch_longest_outage_seconds", "The longest outage.", watch.LongestOutage.TotalSeconds, "gauge", names);
        metrics.Add("watch_cuts", "How many held connections were cut.", watch.Cuts, "gauge", names);
        metrics.Add("watch_probes", "How many probes there were.", watch.Probes, "gauge", names);
        metrics.Add("watch_probes_failed", "How many of them failed.", watch.Failed, "gauge", names);
        metrics.Add(
            "watch_end_timestamp_seconds", "When the watch last saw the endpoint.", watch.Ended.ToUnixTimeMilliseconds() / 1000.0, "gauge",
            names);
        const string help = "Time to open, by quantile.";
        if (watch.Summaries.Count > 0) Latency(metrics, "watch_open_seconds", help, watch.Summaries[^1].Latency, names);
        else if (watch.Samples.LastOrDefault(sample => sample.Median is not null) is { } last)
        {
            metrics.Add(
                "watch_open_seconds", help, last.Median!.Value.TotalSeconds, "summary", [.. names, ("quantile", "0.5")]);
        }
    }

    private static void Latency(Metrics metrics, string name, string help, SummitLatency latency, (string, string)[] names)
    {
        if (latency.Count == 0) return;
        foreach (var (quantile, time) in new[] { ("0.5", latency.P50), ("0.9", latency.P90), ("0.99", latency.P99), ("1", latency.Max) })
        {
            metrics.Add(name, help, time.TotalSeconds, "summary", [.. names, ("quantile", quantile)]);
        }

        metrics.Add(name, "_count", help, latency.Count, "summary", names);
    }
}
