namespace Summit.Ops.Deployment;

/// <summary>The addresses that a new server block must listen on to be asked at all.</summary>
/// <remarks>
/// nginx chooses among the server blocks of the most specific address only: beside a <c>listen 10.0.0.5:443</c>, a block with a plain
/// <c>listen 443</c> is never asked for connections to 10.0.0.5, and while the former's socket is open the latter cannot even be bound.
/// </remarks>
internal static class ListenAddresses
{
    /// <summary>
    /// The one address that all server blocks of that port name; empty where they listen on every address, on several, or on none.
    /// </summary>
    public static string Common(SummitNginxConfig? disk, int port)
    {
        var common = "";
        foreach (var listen in disk?.Servers.SelectMany(server => server.Listen) ?? [])
        {
            var socket = listen.Split(' ')[0];
            var colon = socket.LastIndexOf(':');
            if (socket.StartsWith("unix:", StringComparison.Ordinal) || colon < 0 || !socket.EndsWith($":{port}", StringComparison.Ordinal))
            {
                if (socket == $"{port}") return "";
                continue;
            }

            var address = socket[..colon];
            if (address is "*" or "0.0.0.0" or "[::]" || (common.Length > 0 && common != address)) return "";
            common = address;
        }

        return common;
    }
}
