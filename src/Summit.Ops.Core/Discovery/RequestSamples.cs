using System.Net;
using Summit.Ops.Nginx.Semantics;
using Summit.Ops.Nginx.Syntax;
using Summit.Ops.Text;

namespace Summit.Ops.Discovery;

/// <summary>A port on which a server answers, and the address to connect to where it is not any.</summary>
internal sealed record Endpoint(int Port, bool Tls, string? Address);

/// <summary>Requests that may reach a location: names, ports and paths to be tried.</summary>
internal static class RequestSamples
{
    /// <summary>What stands for the open part of a name with a wildcard.</summary>
    private const string SomeLabel = "www";

    private const string SomeDomain = "example.com";

    /// <summary>A server's ports, TLS before plain and the usual ones first; none where it listens on UNIX sockets alone.</summary>
    public static IReadOnlyList<Endpoint> Endpoints(NginxModel model, ServerScope server)
    {
        if (server.Listens.Count == 0) return [new Endpoint(80, Tls: false, Address: null)];
        return
        [
            .. server.Listens.Where(listen => !listen.Quic && listen.Port > 0)
                .Select(listen => new Endpoint(
                    listen.Port, IsTls(model, server, listen),
                    IPAddress.TryParse(listen.Host, out _) && !listen.IsWildcard ? listen.Host : null))
                .OrderBy(endpoint => endpoint.Tls ? 0 : 1).ThenBy(endpoint => endpoint.Port is 443 or 80 ? 0 : 1),
        ];
    }

    /// <summary>
    /// Names that lead to the server; the wished one first, one that stands for a pattern last. The flag says
    /// that it only stands for a pattern.
    /// </summary>
    public static IEnumerable<(string Name, bool StandsForPattern)> Hosts(ServerScope server, string? wished)
    {
        if (wished is not null) yield return (wished, false);
        foreach (var name in server.Names.Select(name => NginxText.Utf8(ServerNameTable.Lower(name))).Where(IsHost))
        {
            yield return (name, false);
        }

        foreach (var name in server.Names.Select(NginxText.Utf8))
        {
            var standing = name switch
            {
                ['.', .. var rest] => (IEnumerable<string>)[rest],
                ['*', '.', .. var rest] => [$"{SomeLabel}.{rest}", $"any.{rest}"],
                [.. var start, '.', '*'] => [$"{start}.{SomeDomain}"],
                ['~', .. var pattern] =>
                    RegexSamples.Of(pattern).Select(text => text.Contains('.', StringComparison.Ordinal) ? text : $"{text}.{SomeDomain}"),
                _ => [],
            };
            // .example.com names example.com itself
            foreach (var sample in standing.Where(IsHost)) yield return (sample, name[0] != '.');
        }
    }

    /// <summary>Paths that may reach the location, those with the name of a WebSocket first.</summary>
    public static IEnumerable<string> Paths(LocationScope location)
    {
        var path = NginxText.Utf8(location.Path);
        if (!location.IsRegex)
        {
            if (location.MatchKind == LocationKind.Exact) return [path];
            // Socket.IO's clients ask with the slash
            return WebSocketNames.IsSocketIo(path) && !path.EndsWith('/')
                ? [path + "/", path]
                : [path, path.EndsWith('/') ? path + "x" : path + "/", path + "x"];
        }

        return RegexSamples.Of(path).Select(Rooted).Distinct(StringComparer.Ordinal)
            .OrderBy(sample => WebSocketNames.In(sample) is null ? 1 : 0).ThenBy(sample => sample.Length == 1 ? 1 : 0);
    }

    private static string Rooted(string text) => text.StartsWith('/') ? text : text.StartsWith('.') ? "/x" + text : "/" + text;

    private static bool IsTls(NginxModel model, ServerScope server, ListenAddress listen) =>
        server.SslOn || listen.Ssl || model.Listens.On(listen.Port)
            .Any(socket => socket.Host == listen.Host && (socket.Ssl || socket.Servers.Exists(other => other.SslOn)));

    private static bool IsHost(string name) => name.Length is > 0 and <= 253 && name != "_" && !name.Contains('*', StringComparison.Ordinal)
        && ForeignText.Visible(name) == name && Uri.CheckHostName(name) is UriHostNameType.Dns or UriHostNameType.IPv4;
}
