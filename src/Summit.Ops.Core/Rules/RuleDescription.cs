using System.Text;

namespace Summit.Ops.Rules;

/// <summary>What a check's page in <c>docs/rules</c> says, as this library has it in itself.</summary>
/// <param name="Description">The first section.</param>
/// <param name="Bad">The configuration under "Fails"; empty for none.</param>
/// <param name="Good">The configuration under "Passes"; empty for none.</param>
internal sealed record RuleDescription(string Description, string Bad, string Good)
{
    /// <summary>Reads the page of a check.</summary>
    public static RuleDescription Read(string id)
    {
        using var page = typeof(RuleDescription).Assembly.GetManifestResourceStream($"rules/{id}")
            ?? throw new InvalidOperationException($"There is no page docs/rules/{id}.md.");
        using var reader = new StreamReader(page, Encoding.UTF8);
        return Of(reader.ReadToEnd());
    }

    /// <summary>Reads a page.</summary>
    internal static RuleDescription Of(string page)
    {
        var sections = page.ReplaceLineEndings("\n").Split("\n## ").Skip(1)
            .Select(section => section.Split('\n', 2))
            .Select(parts => (Head: parts[0].Trim(), Body: parts.Length > 1 ? parts[1].Trim() : "")).ToList();
        return new(sections.Count > 0 ? sections[0].Body : "", Block("Fails"), Block("Passes"));

        string Block(string head)
        {
            var body = sections.Find(section => section.Head == head).Body ?? "";
            var start = body.IndexOf("```nginx\n", StringComparison.Ordinal);
            if (start < 0) return "";
            start += "```nginx\n".Length;
            var end = body.IndexOf("\n```", start, StringComparison.Ordinal);
            return end < 0 ? "" : body[start..(end + 1)];
        }
    }
}
