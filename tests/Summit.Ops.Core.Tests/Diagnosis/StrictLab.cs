using Summit.Ops.Lab;
using Summit.Ops.Lab.Peers;

namespace Summit.Ops.Core.Tests.Diagnosis;

/// <summary>A lab whose backend refuses by the head of the request.</summary>
internal static class StrictLab
{
    /// <summary>Starts it with a site file that nginx runs.</summary>
    /// <param name="refuses">The status line of a refusal, without the version; null where the WebSocket opens.</param>
    /// <param name="site">The site file, made of the right one.</param>
    public static async Task<LabInstance> StartAsync(Func<PeerConnection, string?> refuses, Func<string, string> site)
    {
        var stop = TestContext.Current.CancellationToken;
        if (await LabRequirement.NginxMissingAsync(stop) is { } reason) Assert.Skip(reason);
        var lab = await LabInstance.StartAsync(new LabOptions { Backend = LabBackendKind.InProcess }, stop);
        await lab.Backend.ReplaceAsync((connection, ended) => connection.OpenUnlessAsync(Refusal, "hello", ended), cancellation: stop);
        lab.WriteSite(site(lab.SiteText));
        await lab.Nginx.ReloadAsync(stop);
        return lab;

        string? Refusal(PeerConnection request) => refuses(request) is { } status ? $"HTTP/1.1 {status}" : null;
    }

    /// <summary>Whether a request asks for a WebSocket as a backend wants it.</summary>
    public static bool Asks(PeerConnection request) =>
        request.Request.Contains(" HTTP/1.1\r\n", StringComparison.Ordinal) && request.Header("Upgrade") == "websocket"
        && request.Header("Connection").Equals("upgrade", StringComparison.OrdinalIgnoreCase);
}
