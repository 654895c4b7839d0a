using System.Text;

namespace Summit.Ops.Nginx.Syntax;

/// <summary>One file, read: its exact bytes, its directives as spans into them, and what nginx would refuse.</summary>
internal sealed class NginxDocument
{
    private readonly DirectiveNode[] _nodes;
    private readonly WordSpan[] _words;

    internal NginxDocument(
        string path, byte[] bytes, DirectiveNode[] nodes, int nodeCount, WordSpan[] words, IReadOnlyList<SyntaxError> errors)
    {
        Path = path;
        Bytes = bytes;
        _nodes = nodes;
        NodeCount = nodeCount;
        _words = words;
        Errors = errors;
    }

    public string Path { get; }

    /// <summary>The bytes as they were read; nobody changes them.</summary>
    public byte[] Bytes { get; }

    public int NodeCount { get; }

    public IReadOnlyList<SyntaxError> Errors { get; }

    public ReadOnlySpan<DirectiveNode> Nodes => _nodes.AsSpan(0, NodeCount);

    public ref readonly DirectiveNode Node(int index) => ref _nodes[index];

    public WordSpan Word(int index) => _words[index];

    /// <summary>The word's bytes as they stand, without quotes, escapes not undone.</summary>
    public ReadOnlySpan<byte> Raw(WordSpan word) => Bytes.AsSpan(word.Start, word.Length);

    /// <summary>The name as the engine's own text (one char a byte).</summary>
    public string NameOf(int node)
    {
        ref readonly var n = ref _nodes[node];
        if (n.WordCount == 0) return "";
        return n.Name != DirectiveName.Other ? DirectiveNames.Text(n.Name) : Value(_words[n.FirstWord]);
    }

    /// <summary>
    /// Argument <paramref name="argument"/> (from 0) as the engine's own text: one char for each byte, escapes
    /// undone, so that no byte is lost.
    /// </summary>
    public string Argument(int node, int argument) => Value(_words[_nodes[node].FirstWord + 1 + argument]);

    public int ArgumentCount(int node) => Math.Max(0, _nodes[node].WordCount - 1);

    public WordSpan ArgumentWord(int node, int argument) => _words[_nodes[node].FirstWord + 1 + argument];

    /// <summary>The word as nginx takes it, one char a byte.</summary>
    public string Value(WordSpan word)
    {
        var raw = Raw(word);
        if (!word.Escaped) return Encoding.Latin1.GetString(raw);
        var buffer = new byte[raw.Length];
        return Encoding.Latin1.GetString(buffer, 0, Unescape(raw, buffer));
    }

    /// <summary>Undoes nginx's escapes: <c>\" \' \\ \t \r \n</c>; any other backslash stays.</summary>
    private static int Unescape(ReadOnlySpan<byte> raw, Span<byte> into)
    {
        var length = 0;
        for (var i = 0; i < raw.Length; i++)
        {
            var b = raw[i];
            if (b == '\\' && i + 1 < raw.Length)
            {
                switch (raw[i + 1])
                {
                    case (byte)'"' or (byte)'\'' or (byte)'\\':
                        b = raw[++i];
                        break;
                    case (byte)'t':
                        (b, i) = ((byte)'\t', i + 1);
                        break;
                    case (byte)'r':
                        (b, i) = ((byte)'\r', i + 1);
                        break;
                    case (byte)'n':
                        (b, i) = ((byte)'\n', i + 1);
                        break;
                }
            }

            into[length++] = b;
        }

        return length;
    }

    /// <summary>The column of an offset, from 1, in characters (UTF-8 read; a byte that is no UTF-8 counts as one).</summary>
    public int Column(int offset)
    {
        var line = Bytes.AsSpan(0, Math.Min(offset, Bytes.Length));
        var start = line.LastIndexOf((byte)'\n') + 1;
        return Encoding.UTF8.GetCharCount(line[start..]) + 1;
    }
}
