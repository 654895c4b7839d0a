namespace Summit.Ops.Discovery;

/// <summary>Names that people give to WebSocket endpoints.</summary>
internal static class WebSocketNames
{
    private static readonly HashSet<string> Usual = new(StringComparer.OrdinalIgnoreCase)
    {
        "ws", "wss", "websocket", "websockets", "web-socket", "socket", "sockets", "socket.io", "engine.io", "sockjs",
        "sockjs-node", "sockjs-client", "cable", "action_cable",
        "hub", "hubs", "signalr", "mqtt", "stomp", "webpack-hmr", "_hmr", "hmr", "primus", "faye", "bayeux",
        "websockify", "novnc", "subscriptions", "reverb", "pusher", "rtc", "signaling",
    };

    private static readonly HashSet<string> Perhaps = new(StringComparer.OrdinalIgnoreCase)
    {
        "live", "stream", "streaming", "realtime", "events", "chat", "notifications", "push", "sync", "console", "terminal", "shell", "vnc",
    };

    /// <summary>The part of a path that is such a name; null where none is.</summary>
    public static string? In(string path) => path.Split('/').FirstOrDefault(IsUsual);

    /// <summary>The part of a path that is used for WebSockets and for other things; null where none is.</summary>
    public static string? Weak(string path) => path.Split('/').FirstOrDefault(Perhaps.Contains);

    /// <summary>The label of a host name that is one of either kind; null where none is.</summary>
    public static string? InHost(string host) =>
        host.Split('.') is [var first, _, ..] && (IsUsual(first) || Perhaps.Contains(first)) ? first : null;

    /// <summary>Whether the name of an upstream group says so.</summary>
    public static bool InGroup(string name) => name.Split('_', '-', '.').Any(IsUsual);

    /// <summary>Whether clients of the path ask as Socket.IO does.</summary>
    public static bool IsSocketIo(string path) => path.Split('/').Any(part => part is "socket.io" or "engine.io");

    // chatHub, ws2, api-ws, ws-api
    private static bool IsUsual(string part) => Usual.Contains(part)
        || part.EndsWith("hub", StringComparison.OrdinalIgnoreCase) && part.Length <= 24
            && !part.Equals("github", StringComparison.OrdinalIgnoreCase)
        || part.Split('-', '_').Any(word => word.TrimEnd('1', '2', '3') is var bare
            && (bare.Equals("ws", StringComparison.OrdinalIgnoreCase) || bare.Equals("websocket", StringComparison.OrdinalIgnoreCase)))
        || part.Contains("websocket", StringComparison.OrdinalIgnoreCase);
}
