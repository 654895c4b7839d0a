namespace Summit.Ops.Aws;

/// <summary>The settings of an AWS configuration file, section by section. A nested setting is named <c>ssm.endpoint_url</c>.</summary>
internal static class ConfigurationFile
{
    /// <summary>The settings of a section; empty where there is no such file or section.</summary>
    /// <param name="path">The file.</param>
    /// <param name="section">What stands in the brackets, for example <c>profile production</c>.</param>
    public static IReadOnlyDictionary<string, string> Section(string path, string section)
    {
        var settings = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var (inside, parent) = (false, "");
        foreach (var line in Lines(path))
        {
            var text = line.Trim();
            if (text.Length == 0 || text[0] is '#' or ';') continue;
            if (text[0] == '[')
            {
                var words = text.Trim('[', ']').Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
                (inside, parent) = (string.Join(' ', words.Select(word => word.Trim('"', '\''))) == section, "");
                continue;
            }

            if (!inside || text.IndexOf('=', StringComparison.Ordinal) is not (> 0 and var at)) continue;
            var (name, value) = (text[..at].Trim(), text[(at + 1)..].Trim());
            var nested = char.IsWhiteSpace(line[0]) && parent.Length > 0;
            if (!nested) parent = value.Length == 0 ? name : "";
            if (value.Length > 0) settings[nested ? $"{parent}.{name}" : name] = value;
        }

        return settings;
    }

    private static string[] Lines(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllLines(path) : [];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
