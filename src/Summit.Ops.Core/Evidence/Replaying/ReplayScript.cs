using Summit.Ops.Hosts;

namespace Summit.Ops.Evidence.Replaying;

/// <summary>Replays handshakes on a host: one script, all of them at once, and each answer judged by the rules of every probe.</summary>
internal static class ReplayScript
{
    // the host gives each request two seconds; the rest is for a slow way to it
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>The most that are sent in one go.</summary>
    public const int Most = 22;

    /// <summary>The script for these requests, each under its place in the list.</summary>
    public static HostScript For(IReadOnlyList<ReplayRequest> requests, SummitSite site) => new(
        "replay the handshake at the backend",
        ShellScript.Compose(
            [.. SiteVariables.Nginx(site), new("REPLAYS", string.Join('\n', requests.Take(Most).Select(Line)))],
            "prelude.sh", "sections.sh", "nginx.sh", "container.sh", "replay.sh"),
        Patience,
        ReadOnly: true);

    /// <summary>As replay.sh reads it: nothing of it is a word of the script.</summary>
    private static string Line(ReplayRequest request, int number)
    {
        var to = request.At;
        var (kind, name) = (to.Tls ? "tls" : "plain", to.Sni.Length > 0 ? to.Sni : "-");
        // an address that is not one line is replayed by nobody
        var address = to.At.Any(char.IsControl) ? "" : to.At;
        return $"{number} {kind} {name} {Convert.ToBase64String(request.ToBytes())} {address}";
    }
}
