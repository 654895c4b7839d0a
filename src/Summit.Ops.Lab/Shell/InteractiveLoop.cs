using System.Management.Automation;
using System.Management.Automation.Language;

namespace Summit.Ops.Lab.Shell;

/// <summary>The prompt: reads an input, over several lines where it is not complete, and runs it, until <c>exit</c> or the end of the input.</summary>
internal sealed class InteractiveLoop(ScriptRunner runner, Terminal terminal)
{
    private readonly bool _edits = terminal is { InputIsTerminal: true, UnderstandsSequences: true };
    private readonly InputHistory _history = new();
    private readonly LineEditor _editor = new(new TerminalKeys(), terminal.WriteScreen, () => terminal.Width);
    private bool _lastFailed;

    /// <summary>Runs until the end and gives the program's exit code.</summary>
    public async Task<int> RunAsync()
    {
        var completion = new TabCompletion(Ask, () => terminal.Width);
        while (runner.Host.ExitCode is null && ReadInput(completion) is { } input)
        {
            if (string.IsNullOrWhiteSpace(input)) continue;
            var outcome = await runner.RunInputAsync(input);
            _lastFailed = outcome != ScriptOutcome.Ended;
            if (outcome == ScriptOutcome.Stopped && terminal.ErrorIsTerminal) terminal.WriteScreen(Environment.NewLine);
        }

        return runner.Host.ExitCode ?? (_lastFailed ? 1 : 0);
    }

    /// <summary>A nested prompt (<c>Suspend</c> at a confirmation), until <c>exit</c>.</summary>
    public void RunNested()
    {
        runner.Host.NestedPromptEnds = false;
        var completion = new TabCompletion((_, _) => null, () => terminal.Width);
        while (!runner.Host.NestedPromptEnds && ReadInput(completion) is { } input)
        {
            // in a nested prompt everything runs on this thread, so there is nothing to wait for
            if (!string.IsNullOrWhiteSpace(input)) runner.RunInputAsync(input).GetAwaiter().GetResult();
        }

        runner.Host.NestedPromptEnds = false;
    }

    private string? ReadInput(TabCompletion completion)
    {
        var prompt = terminal.InputIsTerminal ? Prompt() : "";
        var input = "";
        while (true)
        {
            var (end, line) = ReadLine(input.Length == 0 ? prompt : ">> ", completion);
            if (end == LineEnd.Cancelled) return "";
            if (end == LineEnd.EndOfInput) return input.Length == 0 ? null : input;
            input = input.Length == 0 ? line : input + "\n" + line;
            // an empty line ends an input that the parser would still wait for
            if (IsComplete(input) || (_edits && line.Length == 0)) break;
        }

        _history.Add(input);
        return input;
    }

    private (LineEnd End, string Text) ReadLine(string prompt, TabCompletion completion)
    {
        if (_edits) return TerminalAnswers.WithControlC(() => _editor.Read(prompt, _history, completion));
        if (terminal.InputIsTerminal) terminal.WriteScreen(prompt);
        return Console.In.ReadLine() is { } line ? (LineEnd.Entered, line) : (LineEnd.EndOfInput, "");
    }

    private static bool IsComplete(string input)
    {
        Parser.ParseInput(input, out _, out var errors);
        return !errors.Any(error => error.IncompleteInput);
    }

    private string Prompt()
    {
        var text = runner.Evaluate("prompt");
        if (text.Length == 0) text = "PS> ";
        // only the last line is edited behind; what stands above it is written once
        var lastLine = text.LastIndexOf('\n') + 1;
        if (lastLine > 0) terminal.WriteScreen(text[..lastLine]);
        return text[lastLine..];
    }

    private CompletionChoices? Ask(string input, int cursor)
    {
        using var shell = PowerShell.Create(runner.Session.Runspace);
        var found = CommandCompletion.CompleteInput(input, cursor, options: null, shell);
        return new CompletionChoices(
            found.ReplacementIndex,
            found.ReplacementLength,
            [.. found.CompletionMatches.Select(match => new CompletionChoice(match.CompletionText, match.ListItemText))]);
    }
}
