using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Summit.Ops.Errors;

namespace Summit.Ops.Hosts;

/// <summary>Puts one POSIX sh script together from the resources under Scripts/ and quoted values.</summary>
/// <remarks>
/// The whole script is one function that is called by its last line: a shell runs nothing of it before it has read all of it,
/// so a script cut off on its way does nothing, and no command in it can eat the rest by reading standard input.
/// </remarks>
internal static class ShellScript
{
    /// <summary>Joins the named resources in order, with the values set before them.</summary>
    public static string Compose(IEnumerable<KeyValuePair<string, string>> values, params ReadOnlySpan<string> resources)
    {
        var script = new StringBuilder("summit_main() {\n");
        foreach (var (name, value) in values) script.Append(name).Append('=').Append(Quote(value)).Append('\n');
        foreach (var resource in resources) script.Append(Load(resource)).Append('\n');
        return script.Append("}\nsummit_main </dev/null\n").ToString();
    }

    /// <summary>
    /// The same, in few bytes: a service may take only so many. Comments, indentation and what this script
    /// does not call stay in the source.
    /// </summary>
    public static string ComposeShort(IEnumerable<KeyValuePair<string, string>> values, params ReadOnlySpan<string> resources)
    {
        var script = new StringBuilder("summit_main() {\n");
        foreach (var (name, value) in values) script.Append(name).Append('=').Append(Quote(value)).Append('\n');
        List<string> parts = [];
        foreach (var resource in resources) parts.Add(WithoutComments(Load(resource)));
        var (before, document) = ("", "");
        foreach (var indented in UnusedFunctions.Removed(string.Join('\n', parts)).Split('\n'))
        {
            var line = indented.TrimStart(' ');
            if (document.Length == 0 && Between(before, line) is { } between)
            {
                script.Length -= 1;
                script.Append(between);
            }

            script.Append(line).Append('\n');
            // a here document and the word that ends it stay as they are
            if (line == document) (before, document) = ("", "");
            else before = line;
            if (document.Length == 0 && line.IndexOf("<<", StringComparison.Ordinal) is >= 0 and var at) document = line[(at + 2)..];
        }

        return script.Append("}\nsummit_main </dev/null\n").ToString();
    }

    /// <summary>What stands between two lines that are made one; null where they stay two.</summary>
    private static string? Between(string before, string line)
    {
        if (before.Length == 0 || before.Contains(" # ", StringComparison.Ordinal)) return null;
        if (before.EndsWith("() {", StringComparison.Ordinal)) return " ";
        if (before == "else") return line.StartsWith("if ", StringComparison.Ordinal) ? null : " ";
        if (line == "esac") return before.EndsWith(";;", StringComparison.Ordinal) ? " " : null;
        if (line is not ("fi" or "done" or ";;" or "}") || before is "then" or "do") return null;
        // only behind what is a whole command by itself: no operator, no open bracket, no line that goes on
        return !char.IsAsciiLetterOrDigit(before[^1]) && !"\"')]}".Contains(before[^1]) ? null : line == ";;" ? " " : "; ";
    }

    private static string WithoutComments(string source)
    {
        var text = new StringBuilder(source.Length);
        foreach (var line in source.Split('\n'))
        {
            var start = line.AsSpan().TrimStart(' ');
            if (start.Length == 0 || start[0] == '#') continue;
            // what a function takes stands behind its name
            var about = line.IndexOf("() { # ", StringComparison.Ordinal);
            text.Append(about > 0 ? line[..(about + "() {".Length)] : line).Append('\n');
        }

        return text.ToString().TrimEnd('\n');
    }

    /// <summary>
    /// The same, run as root by <c>sudo -n</c> where the path may not be written by the account that runs it, or
    /// the site's nginx is another's.
    /// </summary>
    public static string ComposeElevated(
        string writable, IEnumerable<KeyValuePair<string, string>> values, params ReadOnlySpan<string> resources)
    {
        KeyValuePair<string, string>[] all = [.. values];
        var body = Compose(all, resources);
        // of the text itself: the same script for many hosts is the same text, and may be sent to all of them at once
        var mark = Mark(body);
        return new StringBuilder("summit_main() {\n")
            .Append("WRITABLE=").Append(Quote(writable)).Append('\n')
            .Append(Load("prelude.sh")).Append('\n')
            .Append(NginxOf(all))
            .Append(Load("elevate.sh"))
            // a here document: no file is left behind, whoever is killed
            .Append("$as_root /bin/sh -s <<'").Append(mark).Append("' &\n").Append(body).Append(mark).Append('\n')
            .Append(Load("elevated.sh"))
            .Append("}\nsummit_main </dev/null\n")
            .ToString();
    }

    /// <summary>A whole script as root by <c>sudo -n</c>.</summary>
    public static string AsRoot(string script) => $"sudo -n /bin/sh -s <<'{Mark(script)}'\n{script}{Mark(script)}\n";

    /// <summary>What it takes to find the site's nginx; nothing for a script that does not touch it.</summary>
    private static string NginxOf(IEnumerable<KeyValuePair<string, string>> values)
    {
        var nginx = string.Concat(values.Where(value => value.Key.StartsWith("NGINX_", StringComparison.Ordinal))
            .Select(value => $"{value.Key}={Quote(value.Value)}\n"));
        return nginx.Length == 0 ? "" : nginx + Load("nginx.sh") + "\n";
    }

    /// <summary>A line that the text does not hold, to end it as a here document.</summary>
    public static string Mark(string text) => $"SUMMIT_{Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}";

    /// <summary>One word of sh that stands for exactly this value.</summary>
    /// <exception cref="SummitArgumentException">The value has a NUL, which no shell can hold.</exception>
    public static string Quote(string value) => value.Contains('\0')
        ? throw new SummitArgumentException(
            "ValueHasNul", "A value for the host holds a NUL character, which no shell can pass on.", null,
            "Remove the NUL character from the site's field or path.")
        : "'" + Apart(value.Replace("'", "'\\''", StringComparison.Ordinal)) + "'";

    /// <summary>
    /// Two braces in a row, which Systems Manager takes for the name of a parameter, with a closed and an opened quote between them.
    /// </summary>
    private static string Apart(string word) =>
        word.Replace("{{", "{''{", StringComparison.Ordinal).Replace("{{", "{''{", StringComparison.Ordinal);

    /// <summary>
    /// A command line as people write it (words, single and double quotes, backslash) as quoted words of sh; nothing in it is expanded.
    /// </summary>
    /// <exception cref="SummitArgumentException">A quote is not closed, or there is no word.</exception>
    public static string QuoteCommand(string commandLine)
    {
        var words = SplitCommand(commandLine);
        return string.Join(' ', words.Select(Quote));
    }

    /// <summary>The words of a command line.</summary>
    public static IReadOnlyList<string> SplitCommand(string commandLine)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        var open = false;
        var quote = '\0';
        for (var i = 0; i < commandLine.Length; i++)
        {
            var c = commandLine[i];
            if (quote == '\0' && char.IsWhiteSpace(c))
            {
                if (open) words.Add(word.ToString());
                word.Clear();
                open = false;
            }
            else if (c == quote)
            {
                quote = '\0';
            }
            else if (quote == '\0' && c is '\'' or '"')
            {
                quote = c;
                open = true;
            }
            else
            {
                if (c == '\\' && quote != '\'' && i + 1 < commandLine.Length) c = commandLine[++i];
                word.Append(c);
                open = true;
            }
        }

        if (open) words.Add(word.ToString());
        if (quote != '\0' || words.Count == 0)
        {
            throw new SummitArgumentException(
                "CommandNotUnderstood",
                quote != '\0'
                    ? $"In the command {Text.ForeignText.Visible(commandLine)} a {quote} is opened and not closed."
                    : "The nginx command is empty.",
                commandLine,
                "Give a command such as 'nginx' or 'docker exec web nginx': New-SummitSite -NginxCommand 'docker exec web nginx'");
        }

        return words;
    }

    internal static string Load(string resource)
    {
        using var stream = typeof(ShellScript).Assembly.GetManifestResourceStream(resource)
            ?? throw new MissingManifestResourceException(resource);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }

    private sealed class MissingManifestResourceException(string resource)
        : InvalidOperationException($"The script {resource} is not in {Assembly.GetExecutingAssembly().GetName().Name}.");
}
