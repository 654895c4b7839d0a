using System.Text;

namespace Summit.Ops.Help;

/// <summary>Turns a topic written in Markdown into the plain text that <c>Get-Help about_…</c> shows.</summary>
/// <remarks>
/// The first heading is the topic's name, the first paragraph its short description: Get-Help takes the fifth line of the text as the
/// synopsis. Known are headings, paragraphs, lists, fenced code and links; what is in a fence keeps its lines.
/// </remarks>
internal static class AboutTopic
{
    private const int Width = 80;
    private const string Indent = "    ";

    public static string Render(string name, string markdown)
    {
        var blocks = Blocks(markdown.ReplaceLineEndings("\n").Split('\n')).ToList();
        if (blocks is not [{ Kind: Kind.Heading } title, { Kind: Kind.Paragraph } synopsis, ..] || title.Text != name)
            throw new InvalidDataException($"{name}.md: the first line is '# {name}' and the next paragraph is the short description.");
        if (synopsis.Text.Length > Width - Indent.Length)
        {
            throw new InvalidDataException($"{name}.md: the short description is {synopsis.Text.Length} characters long, "
                + $"and one line of Get-Help has {Width - Indent.Length}.");
        }

        var text = new StringBuilder();
        text.Append("TOPIC\n").Append(Indent).Append(name).Append("\n\nSHORT DESCRIPTION\n");
        Wrap(text, synopsis.Text, Indent, Indent);
        text.Append("\nLONG DESCRIPTION\n");
        var afterHeading = true; // a heading stands right above its text
        var inList = false;
        foreach (var block in blocks.Skip(2))
        {
            if ((!afterHeading || block.Kind == Kind.Heading) && !(inList && block.Kind == Kind.Item)) text.Append('\n');
            switch (block.Kind)
            {
                case Kind.Heading: text.Append(block.Text.ToUpperInvariant()).Append('\n'); break;
                case Kind.Paragraph: Wrap(text, block.Text, Indent, Indent); break;
                case Kind.Item: Wrap(text, block.Text, Indent + block.Marker, Indent + new string(' ', block.Marker.Length)); break;
                default:
                    foreach (var line in block.Text.Split('\n')) text.Append(line.Length == 0 ? "" : Indent + Indent + line).Append('\n');
                    break;
            }

            afterHeading = block.Kind == Kind.Heading;
            inList = block.Kind == Kind.Item;
        }

        return text.ToString();
    }

    private enum Kind
    {
        Heading,
        Paragraph,
        Item,
        Code,
    }

    private sealed record Block(Kind Kind, string Text, string Marker = "");

    private static IEnumerable<Block> Blocks(string[] lines)
    {
        for (var i = 0; i < lines.Length;)
        {
            var line = lines[i];
            if (line.Trim().Length == 0)
            {
                i++;
            }
            else if (line.StartsWith("```", StringComparison.Ordinal))
            {
                var end = Array.FindIndex(lines, i + 1, at => at.StartsWith("```", StringComparison.Ordinal));
                if (end < 0) throw new InvalidDataException("A code fence is not closed.");
                yield return new Block(Kind.Code, string.Join('\n', lines[(i + 1)..end]));
                i = end + 1;
            }
            else if (line.StartsWith('#'))
            {
                yield return new Block(Kind.Heading, Plain(line.TrimStart('#').Trim()));
                i++;
            }
            else
            {
                var marker = Marker(line);
                var start = i++;
                while (i < lines.Length && Continues(lines[i])) i++;
                var text = Plain(string.Join(' ', lines[start..i].Select(part => part.Trim()))[marker.Length..]);
                yield return new Block(marker.Length == 0 ? Kind.Paragraph : Kind.Item, text, marker);
            }
        }
    }

    private static bool Continues(string line) =>
        line.Trim().Length > 0 && !line.StartsWith("```", StringComparison.Ordinal) && !line.StartsWith('#') && Marker(line).Length == 0;

    private static string Marker(string line)
    {
        if (line.StartsWith("- ", StringComparison.Ordinal)) return "- ";
        var digits = line.TakeWhile(char.IsAsciiDigit).Count();
        return digits > 0 && line[digits..].StartsWith(". ", StringComparison.Ordinal) ? line[..(digits + 2)] : "";
    }

    // code marks and emphasis say nothing on a console
    private static string Plain(string text) => text.Replace("`", "", StringComparison.Ordinal).Replace("**", "", StringComparison.Ordinal);

    private static void Wrap(StringBuilder text, string paragraph, string first, string next)
    {
        var line = first;
        var empty = true;
        foreach (var word in paragraph.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!empty && line.Length + 1 + word.Length > Width)
            {
                text.Append(line).Append('\n');
                line = next;
                empty = true;
            }

            line += empty ? word : " " + word;
            empty = false;
        }

        text.Append(line).Append('\n');
    }
}
