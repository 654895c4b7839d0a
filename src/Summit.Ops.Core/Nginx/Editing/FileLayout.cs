using System.Text;
using Summit.Ops.Nginx.Syntax;

namespace Summit.Ops.Nginx.Editing;

/// <summary>How a file is laid out: its line ends and indentation, and where a line may be put without moving anything else.</summary>
internal sealed class FileLayout
{
    private readonly NginxDocument _document;

    public FileLayout(NginxDocument document)
    {
        _document = document;
        var feed = Array.IndexOf(document.Bytes, (byte)'\n');
        NewLine = feed > 0 && document.Bytes[feed - 1] == '\r' ? "\r\n" : "\n";
        Unit = FindUnit();
    }

    public string NewLine { get; }

    /// <summary>One step of indentation, as the file has it; four spaces where it has none.</summary>
    public string Unit { get; }

    /// <summary>The white space at the beginning of the directive's line.</summary>
    public string IndentOf(int node)
    {
        var start = LineStart(_document.Node(node).Start);
        var end = start;
        while (end < _document.Bytes.Length && _document.Bytes[end] is (byte)' ' or (byte)'\t') end++;
        return Encoding.ASCII.GetString(_document.Bytes, start, end - start);
    }

    /// <summary>Whether the directive is the first thing on its line.</summary>
    public bool BeginsLine(int node)
    {
        var start = _document.Node(node).Start;
        return IsBlank(LineStart(start), start);
    }

    /// <summary>The directives directly in a block.</summary>
    public IEnumerable<int> Children(int block)
    {
        for (var i = block + 1; i < _document.Node(block).Next; i = _document.Node(i).Next) yield return i;
    }

    /// <summary>The edit that puts lines in front of a directive, above the comments that belong to it.</summary>
    public TextEdit Before(int node, IReadOnlyList<string> lines)
    {
        if (!BeginsLine(node)) return new TextEdit(_document.Node(node).Start, 0, string.Join(NewLine, lines) + NewLine);
        var at = LineStart(_document.Node(node).Start);
        while (at > 0 && IsComment(LineStart(at - 1), at)) at = LineStart(at - 1);
        return new TextEdit(at, 0, string.Concat(lines.Select(line => line + NewLine)));
    }

    /// <summary>
    /// The edit that puts directives at the end of a block: each on a line of its own where the closing brace has
    /// one, else on the brace's line.
    /// </summary>
    public TextEdit AtEnd(int block, IReadOnlyList<string> directives)
    {
        var close = _document.Node(block).End - 1;
        var braceLine = LineStart(close);
        if (braceLine < _document.Node(block).BodyStart || !IsBlank(braceLine, close))
        {
            var space = _document.Bytes[close - 1] is (byte)' ' or (byte)'\t';
            return new TextEdit(close, 0, (space ? "" : " ") + string.Concat(directives.Select(directive => directive + " ")));
        }

        var children = Children(block).ToList();
        var model = children.FindLast(BeginsLine);
        var indent = model > 0 ? IndentOf(model) : IndentOf(block) + Unit;
        // behind the last directive's line, so that a comment at the end of the block stays there
        var at = children.Count == 0 ? braceLine : Math.Min(LineEnd(_document.Node(children[^1]).End), braceLine);
        return new TextEdit(at, 0, string.Concat(directives.Select(directive => indent + directive + NewLine)));
    }

    /// <summary>
    /// The edit that puts directives behind another one: on lines of their own where it has one to itself, else beside it.
    /// </summary>
    public TextEdit After(int node, IReadOnlyList<string> directives)
    {
        var end = _document.Node(node).End;
        var line = LineEnd(end);
        var alone = BeginsLine(node) && _document.Bytes.AsSpan(end..line).Trim(" \t\r\n"u8) is [] or [(byte)'#', ..];
        if (!alone) return new TextEdit(end, 0, string.Concat(directives.Select(directive => " " + directive)));
        var indent = IndentOf(node);
        return line > end && _document.Bytes[line - 1] == '\n'
            ? new TextEdit(line, 0, string.Concat(directives.Select(directive => indent + directive + NewLine)))
            : new TextEdit(line, 0, string.Concat(directives.Select(directive => NewLine + indent + directive)));
    }

    /// <summary>The edit that puts a text behind an argument.</summary>
    public TextEdit Append(int node, int argument, string text)
    {
        var word = _document.ArgumentWord(node, argument);
        return new TextEdit(word.Start + word.Length + (word.Quoted ? 1 : 0), 0, text);
    }

    /// <summary>The edit that puts another text in an argument's place, quotes included.</summary>
    public TextEdit Replace(int node, int argument, string text)
    {
        var word = _document.ArgumentWord(node, argument);
        var quote = word.Quoted ? 1 : 0;
        return new TextEdit(word.Start - quote, word.Length + (2 * quote), text);
    }

    /// <summary>The edit that puts another directive in a directive's place.</summary>
    public TextEdit ReplaceAll(int node, string directive) =>
        new(_document.Node(node).Start, _document.Node(node).End - _document.Node(node).Start, directive);

    private int LineStart(int offset) => _document.Bytes.AsSpan(0, offset).LastIndexOf((byte)'\n') + 1;

    private int LineEnd(int offset)
    {
        var feed = _document.Bytes.AsSpan(offset).IndexOf((byte)'\n');
        return feed < 0 ? _document.Bytes.Length : offset + feed + 1;
    }

    private bool IsBlank(int start, int end) => _document.Bytes.AsSpan(start..end).IndexOfAnyExcept(" \t"u8) < 0;

    private bool IsComment(int start, int end) => _document.Bytes.AsSpan(start..end).TrimStart(" \t"u8) is [(byte)'#', ..];

    private string FindUnit()
    {
        for (var block = 0; block < _document.NodeCount; block++)
        {
            if (!_document.Node(block).IsBlock || !BeginsLine(block)) continue;
            var outer = IndentOf(block);
            foreach (var child in Children(block))
            {
                if (!BeginsLine(child)) continue;
                var inner = IndentOf(child);
                if (inner.Length > outer.Length && inner.StartsWith(outer, StringComparison.Ordinal)) return inner[outer.Length..];
            }
        }

        return "    ";
    }
}
