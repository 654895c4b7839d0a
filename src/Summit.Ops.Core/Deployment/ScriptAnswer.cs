using System.Text;
using Summit.Ops.Errors;
using Summit.Ops.Hosts;
using Summit.Ops.Text;

namespace Summit.Ops.Deployment;

/// <summary>What a changing script answered: its outcome, and values by name.</summary>
internal sealed class ScriptAnswer
{
    private readonly Dictionary<string, string> _raw = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    private ScriptAnswer(string outcome) => Outcome = outcome;

    /// <summary>The script's last word: deployed, reloaded, refused, rolled-back, failed.</summary>
    public string Outcome { get; private set; }

    /// <summary>A value; empty where it was not said.</summary>
    public string this[string key] => _values.GetValueOrDefault(key, "");

    /// <summary>A value's exact bytes; none where it was not said.</summary>
    public byte[] Bytes(string key) => Convert.FromBase64String(_raw.GetValueOrDefault(key, ""));

    /// <summary>Reads it.</summary>
    /// <exception cref="SummitHostException">The script ended without its last word.</exception>
    public static ScriptAnswer Read(HostResult result, SummitTarget target)
    {
        var answer = new ScriptAnswer("");
        foreach (var line in result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var space = line.IndexOf(' ', StringComparison.Ordinal);
            if (space < 0 || line[0] != '@') continue;
            if (line.StartsWith("@done ", StringComparison.Ordinal)) answer.Outcome = line[6..].Trim();
            else if (!answer.Keep(line[1..space], line[(space + 1)..])) break; // the line was cut, and nothing after it is whole
        }

        return answer.Outcome.Length > 0 ? answer : throw new SummitHostException(
            "ScriptEndedEarly", SummitErrorKind.OperationFailed,
            $"The script on {target} ended early (exit code {result.ExitCode}): {ForeignText.Visible(result.Error.Trim())}", target,
            "Run the cmdlet again: it first puts back or finishes what the last run left.");
    }

    private bool Keep(string key, string base64)
    {
        var bytes = new byte[base64.Length];
        if (!Convert.TryFromBase64String(base64, bytes, out var length)) return false;
        _raw[key] = base64;
        _values[key] = ForeignText.VisibleLines(Encoding.UTF8.GetString(bytes, 0, length)).Trim();
        return true;
    }
}
