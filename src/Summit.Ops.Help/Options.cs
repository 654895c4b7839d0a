namespace Summit.Ops.Help;

/// <summary>What the build asks for.</summary>
/// <param name="Assembly">The module's assembly; its XML comments lie beside it.</param>
/// <param name="References">Every assembly that it was compiled against.</param>
/// <param name="Topics">The folder of the about topics (<c>about_*.md</c>).</param>
/// <param name="Output">The folder that Get-Help reads: the module's <c>en-US</c>.</param>
/// <param name="Pages">The folder of the pages in Markdown.</param>
/// <param name="Causes">The folder of the pages of causes; empty for none.</param>
/// <param name="Strict">Whether a missing piece is an error.</param>
internal sealed record Options(
    string Assembly, IReadOnlyList<string> References, string Topics, string Output, string Pages, string Causes, bool Strict)
{
    public static Options? Parse(string[] args)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        var strict = false;
        for (var i = 0; i < args.Length; i++)
        {
            if (args[i] == "--strict") strict = true;
            else if (i + 1 < args.Length) values[args[i]] = args[++i];
            else return null;
        }

        return values.TryGetValue("--assembly", out var assembly) && values.TryGetValue("--references", out var references)
            && values.TryGetValue("--topics", out var topics) && values.TryGetValue("--output", out var output)
            && values.TryGetValue("--pages", out var pages)
            ? new Options(
                assembly,
                [.. File.ReadLines(references).Where(line => line.Length > 0)],
                topics, output, pages, values.GetValueOrDefault("--causes", ""), strict)
            : null;
    }
}
