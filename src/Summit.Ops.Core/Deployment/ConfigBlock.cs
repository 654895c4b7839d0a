using Summit.Ops.Nginx.Syntax;

namespace Summit.Ops.Deployment;

/// <summary>
/// A directive as it stands in the file, with what stands in it: also where nginx would not have it, as in a
/// file in which a brace is missing.
/// </summary>
internal sealed class ConfigBlock
{
    private readonly NginxDocument _document;
    private readonly int _node;

    private ConfigBlock(NginxDocument document, int node, ConfigBlock? parent)
    {
        _document = document;
        _node = node;
        Parent = parent;
        if (node < 0) return;
        Name = document.NameOf(node);
        Arguments = [.. Enumerable.Range(0, document.ArgumentCount(node)).Select(index => NginxText.Show(document.Argument(node, index)))];
    }

    /// <summary>What it stands in; null for the file itself.</summary>
    public ConfigBlock? Parent { get; }

    public string Name { get; } = "";

    public IReadOnlyList<string> Arguments { get; } = [];

    public List<ConfigBlock> Children { get; } = [];

    public bool IsBlock => _node < 0 || _document.Node(_node).IsBlock;

    public bool IsServer => Name == "server" && IsBlock;

    public bool IsLocation => Name == "location" && IsBlock;

    /// <summary>Name and arguments.</summary>
    public string Text => Arguments.Count == 0 ? Name : $"{Name} {string.Join(' ', Arguments)}";

    /// <summary>File and line.</summary>
    public string Place => _node < 0 ? _document.Path : $"{_document.Path}:{_document.Node(_node).Line}";

    /// <summary>The names that a server block gives itself.</summary>
    public HashSet<string> ServerNames =>
        new(Children.Where(child => child.Name == "server_name").SelectMany(child => child.Arguments), StringComparer.OrdinalIgnoreCase);

    /// <summary>Where a server block listens.</summary>
    public IEnumerable<string> Listen => Children.Where(child => child.Name == "listen").Select(child => string.Join(' ', child.Arguments));

    /// <summary>The whole file.</summary>
    public static ConfigBlock Of(NginxDocument document)
    {
        var root = new ConfigBlock(document, -1, parent: null);
        var open = new Stack<(ConfigBlock Block, int End)>([(root, document.NodeCount)]);
        for (var node = 0; node < document.NodeCount; node++)
        {
            while (node >= open.Peek().End) open.Pop();
            var block = new ConfigBlock(document, node, open.Peek().Block);
            open.Peek().Block.Children.Add(block);
            open.Push((block, document.Node(node).Next));
        }

        return root;
    }

    /// <summary>Everything in it at every depth, in file order; what stands in a server block of its own is that one's.</summary>
    public IEnumerable<ConfigBlock> Inside(bool intoServers)
    {
        var left = new Stack<ConfigBlock>(Children.AsEnumerable().Reverse());
        while (left.TryPop(out var block))
        {
            yield return block;
            if (block.IsServer && !intoServers) continue;
            for (var index = block.Children.Count - 1; index >= 0; index--) left.Push(block.Children[index]);
        }
    }

    /// <summary>A server by its names, else by where it listens; anything else as it stands there.</summary>
    public override string ToString()
    {
        if (!IsServer) return Text;
        var (names, listen) = (string.Join(' ', ServerNames), string.Join(", ", Listen));
        return $"server '{(names.Length > 0 ? names : listen.Length > 0 ? listen : "80")}'";
    }
}
