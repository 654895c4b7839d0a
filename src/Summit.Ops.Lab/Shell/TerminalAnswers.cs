using System.Management.Automation;
using System.Security;

namespace Summit.Ops.Lab.Shell;

/// <summary>A person at a terminal answers, with the line editor.</summary>
internal sealed class TerminalAnswers : IAnswers
{
    private readonly LineEditor _editor;

    public TerminalAnswers(Terminal terminal) => _editor = new LineEditor(new TerminalKeys(), terminal.WriteScreen, () => terminal.Width);

    /// <summary>Called when Ctrl+C is pressed at a prompt.</summary>
    public Action? Interrupted { get; set; }

    /// <inheritdoc/>
    public string? ReadLine(string prompt) => Read(prompt, mask: false);

    /// <inheritdoc/>
    public SecureString? ReadSecret(string prompt) => Read(prompt, mask: true) is { } text ? Secret.From(text) : null;

    /// <summary>Edits a line with Ctrl+C as a key; while scripts run it is a signal.</summary>
    public static T WithControlC<T>(Func<T> edit)
    {
        Console.TreatControlCAsInput = true;
        try
        {
            return edit();
        }
        finally
        {
            Console.TreatControlCAsInput = false;
        }
    }

    private string? Read(string prompt, bool mask)
    {
        var (end, text) = WithControlC(() => _editor.Read(prompt, mask: mask));
        switch (end)
        {
            case LineEnd.Entered:
                return text;
            case LineEnd.Cancelled:
                Interrupted?.Invoke();
                throw new PipelineStoppedException();
            default:
                return null;
        }
    }
}

/// <summary>Standard input answers, line by line: a terminal that knows no control sequences, or no terminal at all.</summary>
internal sealed class PlainAnswers(Terminal terminal) : IAnswers
{
    /// <inheritdoc/>
    public string? ReadLine(string prompt)
    {
        if (terminal.InputIsTerminal) terminal.WriteScreen(prompt);
        return Console.In.ReadLine();
    }

    /// <inheritdoc/>
    public SecureString? ReadSecret(string prompt)
    {
        if (!terminal.InputIsTerminal) return Console.In.ReadLine() is { } line ? Secret.From(line) : null;
        terminal.WriteScreen(prompt);
        var typed = new System.Text.StringBuilder();
        while (Console.ReadKey(intercept: true) is { Key: not ConsoleKey.Enter } key)
        {
            if (key.Key != ConsoleKey.Backspace) typed.Append(key.KeyChar);
            else if (typed.Length > 0) typed.Length--;
        }

        terminal.WriteScreen(Environment.NewLine);
        return Secret.From(typed.ToString());
    }
}

/// <summary>Text that becomes a secure string.</summary>
internal static class Secret
{
    public static SecureString From(string text)
    {
        var secret = new SecureString();
        foreach (var character in text) secret.AppendChar(character);
        secret.MakeReadOnly();
        return secret;
    }
}
