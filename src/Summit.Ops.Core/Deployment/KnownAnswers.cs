using Summit.Ops.Nginx.Semantics;
using Summit.Ops.Nginx.Syntax;

namespace Summit.Ops.Deployment;

/// <summary>Which addresses the host asks before and after a change, so that what stops working is put back.</summary>
internal static class KnownAnswers
{
    /// <summary>
    /// More would make a deployment slow, and a fault that only a later one shows is found by the judgement of the files.
    /// </summary>
    private const int Most = 24;

    /// <summary>
    /// One line an address: scheme, host, port, the address to connect to, path; of the site's server first, then
    /// of those beside it on its port.
    /// </summary>
    public static IReadOnlyList<string> Of(SummitNginxConfig config, SummitSite site)
    {
        var found = new List<string>();
        foreach (var socket in config.Model.Listens.Sockets.OrderByDescending(socket => socket.Port == site.Port))
        {
            var own = socket.Names.Find(HostName.Read(NginxText.Take(site.ServerName)) ?? "", out _, out _) ?? socket.Default;
            foreach (var server in socket.Servers.OrderByDescending(server => server == own))
            {
                if (Name(server, server == own ? site : null) is not { } name || socket.ProxyProtocol || socket.Port <= 0) continue;
                var at = socket.Host is "*" or "::"
                    ? "127.0.0.1"
                    : socket.Host.Contains(':', StringComparison.Ordinal) ? $"[{socket.Host}]" : socket.Host;
                var paths = server.Locations.Where(location => !location.IsRegex && location.MatchKind != LocationKind.Named)
                    .Select(location => NginxText.Utf8(location.Path)).Prepend("/")
                    .Where(path => IsPlain(path) && !(server == own && path.TrimEnd('/') == site.WebSocketPath.TrimEnd('/')))
                    .Distinct(StringComparer.Ordinal);
                found.AddRange(paths.Select(path => $"{(socket.Ssl ? "https" : "http")} {name} {socket.Port} {at} {path}"));
            }

            if (found.Count >= Most) break;
        }

        return [.. found.Take(Most)];
    }

    private static string? Name(ServerScope server, SummitSite? own) =>
        own?.ServerName
            ?? server.Names.Select(NginxText.Show).FirstOrDefault(
                name => name.Length > 1 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.') && name[0] is not ('.' or '-'));

    /// <summary>Whether a path goes into a URL as it stands.</summary>
    private static bool IsPlain(string path) =>
        path.StartsWith('/') && path.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '-' or '_' or '.' or '~');
}
