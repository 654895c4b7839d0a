namespace Summit.Ops.Lab.Launcher;

/// <summary>What the program was asked to do.</summary>
internal enum LauncherAction
{
    /// <summary>Show the main job on a scenario.</summary>
    Demo,

    /// <summary>List the scenarios.</summary>
    List,

    /// <summary>Run the text of a command.</summary>
    Command,

    /// <summary>Run a script file.</summary>
    File,

    /// <summary>Prompt.</summary>
    Interactive,

    /// <summary>Explain the arguments.</summary>
    Help,
}

/// <summary>The program's arguments, read.</summary>
internal sealed record LauncherArguments
{
    /// <summary>What was asked for.</summary>
    public required LauncherAction Action { get; init; }

    /// <summary>The scenario's name; null for the default one.</summary>
    public string? Scenario { get; init; }

    /// <summary>The command's text (<c>-</c>: standard input) or the file's path.</summary>
    public string Script { get; init; } = "";

    /// <summary>What is passed to the file.</summary>
    public IReadOnlyList<string> ScriptArguments { get; init; } = [];

    /// <summary>Whether to start no lab.</summary>
    public bool NoLab { get; init; }

    private static readonly string[] Names = ["Scenario", "Command", "File", "NoLab", "Interactive", "Help"];

    /// <summary>Reads the arguments.</summary>
    /// <exception cref="UsageException">They make no sense.</exception>
    public static LauncherArguments Read(IReadOnlyList<string> arguments)
    {
        string? scenario = null, script = null;
        IReadOnlyList<string> rest = [];
        LauncherAction? action = null;
        var noLab = false;

        for (var i = 0; i < arguments.Count; i++)
        {
            var (name, inline) = Split(arguments[i]);
            switch (Resolve(arguments[i], name))
            {
                case "Scenario":
                    if (scenario is not null) throw new UsageException("-Scenario is given twice.");
                    scenario = inline ?? Next(ref i, "-Scenario", "the name of a scenario, or list");
                    break;
                case "NoLab":
                    noLab = Flag(arguments[i], inline);
                    break;
                case "Command":
                    Choose(LauncherAction.Command);
                    script = inline ?? Next(ref i, "-Command", "PowerShell to run, or - for standard input");
                    break;
                case "File":
                    Choose(LauncherAction.File);
                    script = inline ?? Next(ref i, "-File", "a script's path");
                    // right behind the path -NoLab and -Scenario are still the program's; everything after them is the script's
                    while (i + 1 < arguments.Count)
                    {
                        if (IsExactly(arguments[i + 1], "NoLab"))
                        {
                            noLab = Flag(arguments[++i], null);
                        }
                        else if (IsExactly(arguments[i + 1], "Scenario") && scenario is null && i + 2 < arguments.Count)
                        {
                            scenario = arguments[i += 2];
                        }
                        else
                        {
                            break;
                        }
                    }

                    rest = [.. arguments.Skip(i + 1).SkipWhile((argument, index) => index == 0 && argument == "--")];
                    i = arguments.Count;
                    break;
                case "Interactive":
                    if (Flag(arguments[i], inline)) Choose(LauncherAction.Interactive);
                    break;
                default:
                    return new LauncherArguments { Action = LauncherAction.Help };
            }
        }

        var list = string.Equals(scenario, "list", StringComparison.OrdinalIgnoreCase);
        if (list && action is not null) throw new UsageException($"-Scenario list only lists; it does not go with -{action}.");
        if (noLab && scenario is not null && !list) throw new UsageException("-NoLab starts no lab, so there is no -Scenario to break.");
        if (noLab && action is null && !list)
        {
            throw new UsageException("-NoLab goes with -Command, -File or -Interactive: the demo needs its lab.");
        }

        return new LauncherArguments
        {
            Action = list ? LauncherAction.List : action ?? LauncherAction.Demo,
            Scenario = scenario,
            Script = script ?? "",
            ScriptArguments = rest,
            NoLab = noLab,
        };

        void Choose(LauncherAction chosen)
        {
            if (action is { } before)
            {
                throw new UsageException(before == chosen ? $"-{chosen} is given twice." : $"-{before} and -{chosen} do not go together.");
            }

            action = chosen;
        }

        string Next(ref int i, string parameter, string what) =>
            ++i < arguments.Count ? arguments[i] : throw new UsageException($"{parameter} needs a value: {what}.");
    }

    private static (string Name, string? Inline) Split(string argument)
    {
        var colon = argument.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && argument[0] == '-' ? (argument[..colon], argument[(colon + 1)..]) : (argument, null);
    }

    private static string Resolve(string argument, string name)
    {
        if (name is "-?" or "-h" or "--help" or "/?") return "Help";
        if (name.Length < 2 || name[0] != '-') throw new UsageException($"'{argument}' is not an argument of this program.");
        var bare = name.TrimStart('-');
        string[] matches = [.. Names.Where(known => bare.Length > 0 && known.StartsWith(bare, StringComparison.OrdinalIgnoreCase))];
        return matches.Length switch
        {
            1 => matches[0],
            0 => throw new UsageException($"'{argument}' is not a parameter of this program."),
            _ => throw new UsageException($"'{argument}' may be {string.Join(" or ", matches.Select(match => "-" + match))}."),
        };
    }

    private static bool IsExactly(string argument, string name) => string.Equals(argument, "-" + name, StringComparison.OrdinalIgnoreCase);

    private static bool Flag(string argument, string? value) => value?.TrimStart('$').ToUpperInvariant() switch
    {
        null or "TRUE" => true,
        "FALSE" => false,
        _ => throw new UsageException($"'{argument}' is a switch: it takes no value but $true or $false."),
    };
}

/// <summary>The arguments make no sense.</summary>
internal sealed class UsageException(string message) : Exception(message);
