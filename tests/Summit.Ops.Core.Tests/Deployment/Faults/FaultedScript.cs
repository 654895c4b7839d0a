using System.Text;
using System.Text.RegularExpressions;
using Summit.Ops.Hosts;

namespace Summit.Ops.Core.Tests.Deployment.Faults;

/// <summary>
/// A script with a point before each of its commands, also inside functions, loops and subshells, at which something can go wrong.
/// </summary>
/// <remarks>
/// A point is a place in the script and the how-manieth time it is passed: <c>17:1</c>. The shell has no DEBUG trap everywhere, so the
/// points are written into the text: before each line that begins a command, and behind each <c>&amp;&amp;</c>. What follows keeps the
/// exit code of what went before.
/// </remarks>
internal sealed partial class FaultedScript
{
    private const string Start = "# What every script of Summit.Ops begins with.";
    private readonly HostScript _script;
    private readonly string _text;
    private readonly Dictionary<string, string> _lines = new(StringComparer.Ordinal);

    /// <summary>Takes the script that an elevated one carries, and writes the points into it.</summary>
    public FaultedScript(HostScript script)
    {
        _script = script;
        var carried = Carried().Match(script.Text);
        _text = Instrument(carried.Success ? carried.Groups["body"].Value + "\n" : script.Text);
    }

    /// <summary>The line at each place, by the place's number.</summary>
    public IReadOnlyDictionary<string, string> Lines => _lines;

    private int Places { get; set; }

    /// <summary>The script that writes down each point it passes.</summary>
    public HostScript Tracing(string file) => With($"printf '%s\\n' \"$1:$at_now\" >>{ShellScript.Quote(file)}");

    /// <summary>The script in which something happens at one point.</summary>
    public HostScript Faulted(string point, string fault) => With($"if [ \"$1:$at_now\" = {point} ]; then {fault}; fi");

    private HostScript With(string action) => _script with
    {
        Text = "at() {\nat_was=$?\neval \"at_now=\\$((\\${at_$1:-0} + 1)); at_$1=\\$at_now\"\n" + action + "\nreturn $at_was\n}\n" + _text,
    };

    private string Instrument(string text)
    {
        var result = new StringBuilder();
        var begun = false;
        var continued = false;
        // what is open: ( for commands, " and ' for quotes; commands where it is empty
        var open = new Stack<char>();
        foreach (var line in text.Split('\n'))
        {
            begun |= line == Start;
            if (begun && !continued && IsCommands(open) && Command().IsMatch(line) && !NotACommand().IsMatch(line))
            {
                result.Append("at ").Append(Place(line)).Append('\n');
            }

            Copy(line, begun, open, result);
            result.Append('\n');
            continued = IsCommands(open)
                && (line.EndsWith('\\') || line.EndsWith("&&", StringComparison.Ordinal) || line.EndsWith("||", StringComparison.Ordinal)
                    || line.EndsWith('|'));
        }

        result.Length--;
        return result.ToString();
    }

    private void Copy(string line, bool begun, Stack<char> open, StringBuilder result)
    {
        for (var i = 0; i < line.Length; i++)
        {
            var c = line[i];
            result.Append(c);
            switch (open.TryPeek(out var mode) ? mode : '(')
            {
                case '\'':
                    if (c == '\'') open.Pop();
                    break;
                case '"':
                    if (c == '\\' && i + 1 < line.Length) result.Append(line[++i]);
                    else if (c == '"') open.Pop();
                    else if (c == '$' && i + 1 < line.Length && line[i + 1] == '(') open.Push(Next(line, ref i, result));
                    break;
                default:
                    if (c == '#' && (i == 0 || line[i - 1] is ' ' or '\t'))
                    {
                        result.Append(line, i + 1, line.Length - i - 1);
                        return;
                    }

                    if (c == '\\' && i + 1 < line.Length)
                    {
                        result.Append(line[++i]);
                    }
                    else if (c is '\'' or '"' or '(')
                    {
                        open.Push(c);
                    }
                    else if (c == ')' && open.Count > 0)
                    {
                        open.Pop();
                    } // else it ends a pattern of case
                    else if (begun && c == '&' && i > 1 && line[i - 1] == '&' && line[i - 2] == ' ' && i + 2 < line.Length
                        && Command().IsMatch(line[(i + 2)..]))
                    {
                        result.Append(" at ").Append(Place(line[(i + 2)..])).Append(" &&");
                    }

                    break;
            }
        }
    }

    private int Place(string line)
    {
        _lines[$"{++Places}"] = line.Trim();
        return Places;
    }

    private static char Next(string line, ref int i, StringBuilder result)
    {
        result.Append(line[++i]);
        return '(';
    }

    private static bool IsCommands(Stack<char> open) => !open.TryPeek(out var mode) || mode == '(';

    [GeneratedRegex(@"<<'(?<mark>SUMMIT_[0-9A-F]+)'[^\n]*\n(?<body>.*?)\n\k<mark>\n", RegexOptions.Singleline)]
    private static partial Regex Carried();

    [GeneratedRegex(@"^\s*[\w.:\[{!$]")]
    private static partial Regex Command();

    // what stands between commands: the words of compound ones, patterns of case, heads of functions, a brace at the end
    [GeneratedRegex(@"^\s*((fi|done|esac|else|elif|do|then|in)\b|[^($]*\)( |$)|\w+\(\)|\})")]
    private static partial Regex NotACommand();
}
