using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Summit.Ops.Text;

namespace Summit.Ops.Backend;

/// <summary>
/// Turns what a log holds into lines that can be shown: foreign text made visible, secrets masked, the time taken from where it stands.
/// </summary>
internal static partial class LogLines
{
    // in microseconds since 1970
    private const long LastMoment = 253402300800000000;

    /// <summary>The lines of a file of pm2's.</summary>
    /// <param name="section">The section's name, <c>log:STREAM:PATH</c>.</param>
    /// <param name="text">Its content.</param>
    /// <param name="site">The site.</param>
    /// <param name="target">The host.</param>
    public static IEnumerable<SummitLogLine> FromFile(string section, string text, SummitSite site, SummitTarget target)
    {
        var parts = section.Split(':', 3);
        var stream = Enum.Parse<SummitLogStream>(parts[1]);
        // as a whole first: a private key goes over several lines
        foreach (var line in TextRedaction.Of(text).Split('\n'))
        {
            if (line.Length > 0) yield return Line(line.TrimEnd('\r'), Written(line), stream, parts[2], site, target);
        }
    }

    /// <summary>The lines of <c>journalctl -o json</c>; what is no such line is left out.</summary>
    public static IEnumerable<SummitLogLine> FromJournal(string text, SummitSite site, SummitTarget target)
    {
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (Entry(line) is not { } entry) continue;
            foreach (var message in TextRedaction.Of(entry.Message).Split('\n'))
            {
                yield return Line(message, entry.Time, SummitLogStream.Journal, "journal", site, target);
            }
        }
    }

    private static (string Message, DateTimeOffset? Time)? Entry(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var entry = document.RootElement;
            if (entry.ValueKind != JsonValueKind.Object || !entry.TryGetProperty("MESSAGE", out var message)) return null;
            var stamp = entry.TryGetProperty("__REALTIME_TIMESTAMP", out var written) && written.ValueKind == JsonValueKind.String
                ? written.GetString()
                : null;
            var time = long.TryParse(stamp, NumberStyles.None, CultureInfo.InvariantCulture, out var microseconds)
                && microseconds < LastMoment
                ? DateTimeOffset.UnixEpoch.AddTicks(microseconds * 10)
                : (DateTimeOffset?)null;
            return message.ValueKind switch
            {
                JsonValueKind.String => (message.GetString()!, time),
                JsonValueKind.Array => (Joined(message), time),
                _ => null,
            };
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or ArgumentException)
        {
            // no entry, or half of a surrogate pair, which is no text
            return null;
        }
    }

    /// <summary>What is no UTF-8 comes as numbers, and a field that an entry has several times as several values, one a line.</summary>
    private static string Joined(JsonElement values)
    {
        var text = new StringBuilder();
        var bytes = new List<byte>();
        foreach (var value in values.EnumerateArray())
        {
            if (value.ValueKind == JsonValueKind.Number && value.TryGetByte(out var one))
            {
                bytes.Add(one);
            }
            else if (value.ValueKind is JsonValueKind.String or JsonValueKind.Array)
            {
                if (text.Length > 0) text.Append('\n');
                text.Append(value.ValueKind == JsonValueKind.String ? value.GetString() : Joined(value));
            }
        }

        return text.Append(Encoding.UTF8.GetString([.. bytes])).ToString();
    }

    private static SummitLogLine Line(
        string text, DateTimeOffset? time, SummitLogStream stream, string source, SummitSite site, SummitTarget target) => new()
        {
            Target = target,
            Name = site.ProcessName,
            Time = time,
            Stream = stream,
            Source = source,
            Text = TextRedaction.Of(ForeignText.Visible(text)),
        };

    /// <summary>
    /// The time that a line begins with: pm2's own (<c>--time</c>), or the application's, with its offset; without one it is UTC.
    /// </summary>
    private static DateTimeOffset? Written(string line)
    {
        var match = Stamp().Match(line);
        return match.Success && DateTimeOffset.TryParse(
            match.Groups["time"].ValueSpan, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;
    }

    [GeneratedRegex(
        @"^[\[(]?(?<time>\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d([.,]\d+)?\s?(Z|[+-]\d\d:?\d\d)?)",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Stamp();
}
