using Summit.Ops.Nginx.Syntax;

namespace Summit.Ops.Nginx.Semantics;

/// <summary>
/// The names of one socket's servers, asked in nginx's order: exact, longest leading wildcard, longest trailing wildcard, first regex.
/// </summary>
internal sealed class ServerNameTable
{
    private readonly WildcardNames<ServerScope> _names = new();
    private readonly List<(NginxRegex Regex, ServerScope Server)> _regexes = [];

    public ServerNameTable(IReadOnlyList<ServerScope> servers)
    {
        foreach (var server in servers)
        {
            if (server.Names.Count == 0) Add("", server);
            foreach (var name in server.Names) Add(name, server);
        }
    }

    /// <summary>Names that are claimed twice (perhaps by one server); nginx ignores the later one with a warning.</summary>
    public List<(string Name, ServerScope Winner, ServerScope Loser)> Conflicts { get; } = [];

    /// <summary>Whether some name is only known to the host itself (<c>$hostname</c>).</summary>
    public bool NeedsHostName { get; private set; }

    /// <summary>
    /// The server for a host, lower case and without port, or null for the default; <paramref name="match"/> has a regex's
    /// captures or why it could not be asked.
    /// </summary>
    public ServerScope? Find(string host, out string why, out NginxMatch? match)
    {
        match = null;
        if (_names.Find(host, out var by) is { } named)
        {
            why = $"server_name {NginxText.Show(by)}";
            return named;
        }

        foreach (var (regex, owner) in _regexes)
        {
            if (host.Length == 0) break;
            match = regex.Match(host);
            if (!match.Success && match.Problem.Length == 0) continue;
            why = match.Success ? $"server_name ~{NginxText.Show(regex.Pattern)}, the first regex that matches" : match.Problem;
            return owner;
        }

        match = null;
        why = "no server_name matches";
        return null;
    }

    private void Add(string name, ServerScope server)
    {
        if (name.StartsWith('~'))
        {
            var pattern = name[1..];
            _regexes.Add((NginxRegex.Compile(pattern, pattern.Any(char.IsAsciiLetterUpper), server.Files.Regexes), server));
            return;
        }

        if (name.Equals("$hostname", StringComparison.OrdinalIgnoreCase)) NeedsHostName = true;
        if (_names.Add(Lower(name), server) is { } holder) Conflicts.Add((NginxText.Show(name), holder, server));
    }

    internal static string Lower(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('A', 'Z')) return text;
        return string.Create(text.Length, text, static (into, from) =>
        {
            for (var i = 0; i < from.Length; i++) into[i] = char.IsAsciiLetterUpper(from[i]) ? (char)(from[i] | 0x20) : from[i];
        });
    }
}
