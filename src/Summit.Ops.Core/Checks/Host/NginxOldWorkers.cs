using Summit.Ops.Evidence;
using Summit.Ops.Text;

namespace Summit.Ops.Checks.Host;

/// <summary>Each reload leaves workers that serve their open WebSockets to the end: many reloads leave many, with their memory.</summary>
internal sealed class NginxOldWorkers : ICheck
{
    // a reload a day, and WebSockets of days, are nothing to worry about
    private const int ManyReloads = 5;

    // the workers of one start begin within this time
    private static readonly TimeSpan OneStart = TimeSpan.FromSeconds(2);

    public CheckDefinition Definition { get; } = new(
        "Nginx.OldWorkers", "Old workers of nginx end", SummitSeverity.Warning, SummitRuleScope.Host);

    public SummitCheck Evaluate(SiteEvidence evidence)
    {
        var finding = Definition.On(evidence.Target.Name);
        if (evidence.Host is not { } host) return finding.Unknown(evidence.HostMissing);
        if (host.Master(evidence.Site) is null) return finding.Skipped("No nginx process of this site is visible on the host.");
        var old = host.OldWorkers(evidence.Site);
        if (old.Count == 0) return finding.Pass("No worker of an earlier reload is left.");

        var reloads = Starts(old);
        var counts = old.Select(host.ServedBy).ToList();
        var serving = counts.Contains(null) ? "" : $", which serve {Amount.Of(counts.Sum() ?? 0, "connection")}";
        var age = old[0].Started is { } first ? $"; the oldest began {Since(host.Now - first)} ago" : "";
        var seen = $"{Amount.Of(old.Count, "worker")} of {Amount.Of(reloads, "earlier reload")}{serving}{age}";
        if (reloads < ManyReloads) return finding.Pass($"{seen}.");
        return finding.Fail(
            SummitCause.None,
            $"{seen}. Each keeps its memory until its last WebSocket ends; worker_shutdown_timeout at the top of nginx.conf "
                + "(for example 1h) sets a limit",
            $"old workers of fewer than {ManyReloads} reloads",
            Amount.Of(reloads, "earlier reload"),
            Command.For("Restart-SummitNginx", evidence)
                + " -Force -WhatIf   # shows how many connections a restart would end; without -WhatIf it ends them");
    }

    private static int Starts(IReadOnlyList<NginxProcess> workers)
    {
        var starts = 0;
        DateTimeOffset? last = null;
        foreach (var worker in workers)
        {
            if (worker.Started is not { } started) continue;
            if (last is null || started - last > OneStart) starts++;
            last = started;
        }

        return Math.Max(starts, 1);
    }

    private static string Since(TimeSpan age) => age switch
    {
        { TotalDays: >= 2 } => Amount.Of((int)age.TotalDays, "day"),
        { TotalHours: >= 2 } => Amount.Of((int)age.TotalHours, "hour"),
        { TotalMinutes: >= 2 } => Amount.Of((int)age.TotalMinutes, "minute"),
        _ => Amount.Of(Math.Max((int)age.TotalSeconds, 0), "second"),
    };
}
