using System.Text;
using System.Xml.Linq;

namespace Summit.Ops.Help;

/// <summary>The compiler's XML comments, read as plain text for a console.</summary>
internal sealed class XmlComments
{
    private readonly Dictionary<string, XElement> _members;
    private readonly Func<string, string> _nameOf;

    /// <param name="path">The XML file that the compiler wrote.</param>
    /// <param name="nameOf">What people call the code element with this documentation id.</param>
    public XmlComments(string path, Func<string, string> nameOf)
    {
        _nameOf = nameOf;
        _members = XDocument.Load(path, LoadOptions.PreserveWhitespace).Descendants("member")
            .ToDictionary(member => (string)member.Attribute("name")!, StringComparer.Ordinal);
    }

    /// <summary>The element of this name in the member's comments, or null.</summary>
    public XElement? Find(string id, string element) => _members.GetValueOrDefault(id)?.Element(element);

    /// <summary>All elements of this name in the member's comments.</summary>
    public IEnumerable<XElement> All(string id, string element) => _members.GetValueOrDefault(id)?.Elements(element) ?? [];

    /// <summary>The text as paragraphs: each <c>para</c>, each list item, and the text around them.</summary>
    public IReadOnlyList<string> Paragraphs(XElement? element)
    {
        if (element is null) return [];
        var paragraphs = new List<string>();
        var loose = new StringBuilder();
        foreach (var node in element.Nodes())
        {
            if (node is XElement { Name.LocalName: "para" or "list" or "item" or "description" } block)
            {
                Flush();
                var inner = Paragraphs(block);
                paragraphs.AddRange(block.Name.LocalName == "item" ? inner.Select(text => "- " + text) : inner);
            }
            else
            {
                loose.Append(Inline(node));
            }
        }

        Flush();
        return paragraphs;

        void Flush()
        {
            var text = Squeeze(loose.ToString());
            if (text.Length > 0) paragraphs.Add(text);
            loose.Clear();
        }
    }

    /// <summary>The text as one line.</summary>
    public string Line(XElement? element) => string.Join(' ', Paragraphs(element));

    /// <summary>A block of code: its lines kept, its common indent taken off.</summary>
    public static string Code(XElement? element)
    {
        if (element is null) return "";
        var lines = element.Value.Replace("\r\n", "\n", StringComparison.Ordinal).Split('\n').Select(line => line.TrimEnd()).ToList();
        while (lines.Count > 0 && lines[0].Length == 0) lines.RemoveAt(0);
        while (lines.Count > 0 && lines[^1].Length == 0) lines.RemoveAt(lines.Count - 1);
        if (lines.Count == 0) return "";
        // the line that the tag stands on has no indentation of its own, and says nothing of the others'
        var indent = lines.Skip(1).Where(line => line.Length > 0).Select(Indentation).DefaultIfEmpty(0).Min();
        return string.Join('\n', lines.Select((line, number) => line[Math.Min(indent, number == 0 ? Indentation(line) : line.Length)..]));

        static int Indentation(string line) => line.Length - line.TrimStart().Length;
    }

    /// <summary>What people call the element that a <c>cref</c> names.</summary>
    public string NameOf(string cref) => _nameOf(cref);

    private string Inline(XNode node) => node switch
    {
        XText text => text.Value,
        XElement element when element.Attribute("cref") is { } cref && element.IsEmpty => _nameOf(cref.Value),
        XElement element when element.Attribute("langword") is { } word => word.Value,
        XElement element when element.Attribute("href") is { } href && element.IsEmpty => href.Value,
        XElement element when element.Attribute("name") is { } name && element.IsEmpty => name.Value,
        XElement element => string.Concat(element.Nodes().Select(Inline)),
        _ => "",
    };

    private static string Squeeze(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
