using System.Globalization;
using System.Text;
using Summit.Ops.Errors;
using Summit.Ops.Hosts;
using Summit.Ops.Text;

namespace Summit.Ops.Evidence;

/// <summary>One part of what a script gathered: what a command printed, and how it ended.</summary>
/// <param name="ExitCode">How the command ended; 127 where it is not installed.</param>
/// <param name="Text">What it printed, read as UTF-8.</param>
/// <param name="Base64">The exact bytes where they are no UTF-8; else null.</param>
public sealed record EvidenceSection(int ExitCode, string Text, string? Base64 = null)
{
    /// <summary>The exact bytes.</summary>
    public byte[] ToBytes() => Base64 is null ? Encoding.UTF8.GetBytes(Text) : Convert.FromBase64String(Base64);

    /// <summary>The exit code of a command that the host could not note down.</summary>
    internal const int NotKnown = -1;

    internal static EvidenceSection? FromBase64(int exitCode, string base64)
    {
        var bytes = new byte[base64.Length];
        if (!Convert.TryFromBase64String(base64, bytes, out var length)) return null;
        bytes = bytes[..length];
        var text = Encoding.UTF8.GetString(bytes);
        return new EvidenceSection(exitCode, text, bytes.AsSpan().SequenceEqual(Encoding.UTF8.GetBytes(text)) ? null : base64);
    }
}

/// <summary>Reads the sections that an on-host script prints.</summary>
internal static class EvidenceSections
{
    /// <summary>The sections by name.</summary>
    /// <exception cref="SummitHostException">
    /// The end mark is missing: the script died, or its answer was cut. What is incomplete is never shown as the whole.
    /// </exception>
    public static IReadOnlyDictionary<string, EvidenceSection> Read(HostResult result, SummitTarget target)
    {
        var sections = new Dictionary<string, EvidenceSection>(StringComparer.Ordinal);
        var complete = false;
        string? name = null;
        var code = 0;
        var plain = false;
        var content = new StringBuilder();
        foreach (var line in result.Output.Split('\n'))
        {
            if (line.StartsWith("@begin ", StringComparison.Ordinal) || line.StartsWith("@text ", StringComparison.Ordinal))
            {
                var (first, last) = (line.IndexOf(' ', StringComparison.Ordinal), line.LastIndexOf(' '));
                if (last <= first) throw Incomplete(result, target, "a part of it has no name");
                plain = line[1] == 't';
                name = line[(first + 1)..last];
                // a full disk leaves no number
                if (!int.TryParse(line.AsSpan(last + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out code))
                {
                    code = EvidenceSection.NotKnown;
                }

                content.Clear();
            }
            else if (line == "@end" && name is not null)
            {
                if (plain) sections[name] = new EvidenceSection(code, content.ToString());
                else if (EvidenceSection.FromBase64(code, content.ToString()) is { } section) sections[name] = section;
                else throw Incomplete(result, target, $"its part {ForeignText.Visible(name)} is damaged");
                name = null;
            }
            else if (line == "@done")
            {
                complete = true;
            }
            else if (name is not null)
            {
                // behind a blank, so that nothing in it is taken for a mark
                if (plain) content.Append(line.AsSpan(Math.Min(1, line.Length))).Append('\n');
                else content.Append(line);
            }
        }

        return complete ? sections : throw Incomplete(result, target, "it ends early");
    }

    private static SummitHostException Incomplete(HostResult result, SummitTarget target, string what) => new(
        "EvidenceIncomplete", SummitErrorKind.InvalidData,
        $"The evidence from {target} is not whole: {what} (exit code {result.ExitCode}). {FirstLine(result.Error)}".TrimEnd(), target,
        "Run the cmdlet again; if it stays so, run it with -Verbose and see what /bin/sh says on the host.");

    private static string FirstLine(string text)
    {
        var line = text.AsSpan().Trim();
        var end = line.IndexOf('\n');
        return ForeignText.Visible(end < 0 ? line.ToString() : line[..end].ToString());
    }
}
