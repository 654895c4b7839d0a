using System.Globalization;

namespace Summit.Ops.Nginx.Semantics;

/// <summary>A host with a port, as nginx writes the server of an upstream: <c>name:4000</c>, <c>[::1]:4000</c>.</summary>
internal static class HostPort
{
    /// <summary>Both apart, the host without brackets; null for a UNIX socket, and where there is no port.</summary>
    public static (string Host, int Port)? Split(string server) =>
        !server.StartsWith("unix:", StringComparison.Ordinal) && server.LastIndexOf(':') is > 0 and var colon
            && int.TryParse(server.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            ? (server[..colon].Trim('[', ']'), port)
            : null;

    /// <summary>The host as it is written; all of it where there is no port.</summary>
    public static string Host(string text) =>
        text.LastIndexOf(':') is > 0 and var colon && text.IndexOf(']', colon) < 0 ? text[..colon] : text;
}
