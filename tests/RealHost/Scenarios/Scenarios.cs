namespace Summit.Ops.RealHost.Tests;

/// <summary>All faults, by what is broken.</summary>
internal static partial class Scenarios
{
    public static IReadOnlyList<Scenario> All { get; } =
    [
        .. Pm2Faults, .. AccountFaults, .. NginxFaults, .. FirewallFaults, .. UnitFaults, .. EverydayFaults, .. EverydayBackendFaults,
        .. FieldFaults,
    ];

    /// <summary>
    /// What .ci/run tries of them: all that leaves the backend alone, since a pm2 takes its time to start, and of the rest what a host of
    /// each kind has.
    /// </summary>
    public static IReadOnlySet<string> Sample { get; } = new[]
    {
        "healthy", "pm2-stopped", "pm2-stopped-seen-by-a-sudoer", "pm2-daemon-gone", "pm2-wrong-port", "pm2-of-two-accounts",
        "healthy-seen-by-nobody-special", "syntax-error-seen-by-the-narrow-list", "nginx-stopped-seen-by-a-sudoer-with-a-password",
        "unit-healthy", "unit-stopped", "unit-crash-loop", "unit-masked", "unit-wrong-port", "unit-of-another-name-stopped",
        "unit-needs-a-missing-unit", "unit-edited-and-not-loaded", "certificate-link-dead", "log-folder-gone",
        "nginx-by-hand-beside-its-unit", "nginx-unit-hardened-too-much",
    }.Concat(FirewallFaults.Concat(NginxFaults).Select(fault => fault.Name)).ToHashSet(StringComparer.Ordinal);

    private const string Site = "/etc/nginx/sites-available/summit-api";

    /// <summary>A line that runs as the backend's account, as its owner types it.</summary>
    private static string AsDeploy(string line) =>
        $"runuser -u deploy -- env HOME=/home/deploy PATH=/usr/bin:/bin sh -c 'cd /home/deploy && {line}'";
}
