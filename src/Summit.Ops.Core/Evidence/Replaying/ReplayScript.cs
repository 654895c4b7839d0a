using Summit.Ops.Hosts;

namespace Summit.Ops.Evidence.Replaying;

/// <summary>Replays handshakes on a host: one script, all of them at once, and each answer judged by the rules of every probe.</summary>
internal static class ReplayScript
{
    // the host gives each request two seconds; the rest is for a slow way to it
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>The most that are sent in one go.</summary>
    public const int Most = 16;

    /// <summary>The script for these requests, each under its place in the list.</summary>
    public static HostScript For(IReadOnlyList<ReplayRequest> requests) => new(
        "replay the handshake at the backend",
        ShellScript.Compose([new("REPLAYS", string.Join('\n', requests.Take(Most).Select(Line)))], "prelude.sh", "sections.sh", "replay.sh"),
        Patience,
        ReadOnly: true);

    /// <summary>Number, TLS or plain, the name in the TLS hello or -, base64 of the request, and the address: nothing of it is a word of the script.</summary>
    /// <remarks>An address that is not one line is replayed by nobody.</remarks>
    private static string Line(ReplayRequest request, int number) =>
        $"{number} {(request.At.Tls ? "tls" : "plain")} {(request.At.Sni.Length > 0 ? request.At.Sni : "-")} {Convert.ToBase64String(request.ToBytes())} {(request.At.At.Any(char.IsControl) ? "" : request.At.At)}";
}
