using Summit.Ops.Nginx.Knowledge;
using Summit.Ops.Nginx.Syntax;

namespace Summit.Ops.Deployment;

/// <summary>What stands in a file that nginx does not read, by its words alone.</summary>
/// <remarks>
/// A quote that nobody closes hides a server, a missing semicolon a <c>deny</c>: the tree has them as the argument of something else.
/// </remarks>
internal static class BrokenText
{
    /// <summary>What has no successor in the new file. What merely stands twice, or at another depth, has one.</summary>
    public static IReadOnlyList<string> Lost(
        SummitNginxConfig before, ConfigBlock old, SummitNginxConfig after, ConfigBlock kept, bool everyDirective)
    {
        var lost = new List<string>();
        var blocks = kept.Inside(intoServers: true).ToList();
        var names = blocks.Where(block => block.Name == "server_name").SelectMany(block => block.Arguments)
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        // what the tree has in its place was compared there, and what stands in the new file as it stood in the old is not lost
        var compared = old.Inside(intoServers: true).Where(block => block.Name != "server_name" || block.Parent is { IsServer: true })
            .Select(block => block.Text).ToHashSet(StringComparer.Ordinal);
        var still = Statements(after.Text).Select(statement => string.Join(' ', Words(statement.Text))).ToList();
        var servers = Math.Max(
            old.Inside(intoServers: true).Count(block => block.IsServer), still.Count(statement => statement == "server"));
        compared.UnionWith(still);
        foreach (var (text, opens, line) in Statements(before.Text))
        {
            var words = Words(text);
            var (name, arguments) = (words[0], words[1..]);
            var isLost = (name, opens) switch
            {
                ("server", true) => --servers < 0,
                _ when compared.Contains(string.Join(' ', words)) => false,
                ("server_name", _) => !names.IsSupersetOf(arguments),
                ("location", true) =>
                    blocks.TrueForAll(block => !block.IsLocation || !block.Arguments.SequenceEqual(arguments, StringComparer.Ordinal)),
                _ => everyDirective && DirectiveKnowledge.Find(name).Count > 0
                    && blocks.TrueForAll(block => !RepeatedDirectives.Succeeds(block.Name, block.Arguments, name, arguments)),
            };
            if (isLost) lost.Add($"{NginxText.Show(string.Join(' ', words))} ({before.Path}:{line})");
        }

        return lost;
    }

    private static string[] Words(string text) =>
        [.. text.Split((char[])[' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries).Select(word => word.Trim('"', '\''))];

    /// <summary>The lines without their comments, parted where a directive or a block may end.</summary>
    private static IEnumerable<(string Text, bool Opens, int Line)> Statements(string text)
    {
        var lines = text.TrimStart('\uFEFF').Split('\n');
        for (var index = 0; index < lines.Length; index++)
        {
            var line = lines[index].AsMemory(0, CodeLength(lines[index]));
            while (!line.IsEmpty)
            {
                var end = line.Span.IndexOfAny(';', '{', '}');
                var piece = (end < 0 ? line : line[..end]).Trim();
                if (!piece.IsEmpty) yield return (piece.ToString(), end < 0 ? OpensNext(lines, index) : line.Span[end] == '{', index + 1);
                line = end < 0 ? default : line[(end + 1)..];
            }
        }
    }

    /// <summary>Where the comment begins: a <c>#</c> within a word is none.</summary>
    private static int CodeLength(string line)
    {
        for (var index = 0; index < line.Length; index++)
        {
            if (line[index] == '#' && (index == 0 || line[index - 1] is ' ' or '\t' or ';' or '{' or '}')) return index;
        }

        return line.Length;
    }

    /// <summary>Whether a block's brace stands on a line of its own.</summary>
    private static bool OpensNext(string[] lines, int index) =>
        lines.Skip(index + 1).Select(line => line.Trim()).FirstOrDefault(line => line.Length > 0)?.StartsWith('{') == true;
}
