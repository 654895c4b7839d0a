namespace Summit.Ops.RealHost.Tests;

/// <summary>All faults, by what is broken.</summary>
internal static partial class Scenarios
{
    public static IReadOnlyList<Scenario> All { get; } =
    [
        .. Pm2Faults, .. AccountFaults, .. NginxFaults, .. FirewallFaults, .. UnitFaults, .. EverydayFaults, .. EverydayBackendFaults,
    ];

    private const string Site = "/etc/nginx/sites-available/summit-api";

    /// <summary>A line that runs as the backend's account, as its owner types it.</summary>
    private static string AsDeploy(string line) =>
        $"runuser -u deploy -- env HOME=/home/deploy PATH=/usr/bin:/bin sh -c 'cd /home/deploy && {line}'";
}
