using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;

namespace Summit.Ops.Lab.Shell;

/// <summary>Where everything that a script says is shown: output on standard output, all else on standard error.</summary>
internal sealed class ConsoleUserInterface : PSHostUserInterface, IHostUISupportsMultipleChoiceSelection
{
    private readonly Lock _lock = new();
    private readonly Terminal _terminal;
    private readonly OutputPhase _phase;
    private readonly ProgressLine _progress;
    private readonly ConsolePrompts _prompts;
    private InformationRecord? _information;
    private bool _allToError;

    public ConsoleUserInterface(Terminal terminal, OutputPhase phase, IAnswers? answers)
    {
        _terminal = terminal;
        _phase = phase;
        _progress = new ProgressLine(terminal);
        _prompts = new ConsolePrompts(terminal, answers, ClearProgress);
        RawUI = new ConsoleRawUserInterface(terminal, answers is not null);
    }

    /// <inheritdoc/>
    public override PSHostRawUserInterface RawUI { get; }

    /// <inheritdoc/>
    public override bool SupportsVirtualTerminal => _terminal.OutputColours || _terminal.ErrorColours;

    /// <inheritdoc/>
    public override void Write(string value) => WriteHost(value ?? "");

    /// <inheritdoc/>
    public override void WriteLine(string value) => WriteHost(value + Environment.NewLine);

    /// <inheritdoc/>
    public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) => WriteHost(Coloured(foregroundColor, value));

    /// <inheritdoc/>
    public override void WriteLine(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) =>
        WriteHost(Coloured(foregroundColor, value) + Environment.NewLine);

    /// <inheritdoc/>
    public override void WriteErrorLine(string value)
    {
        if (!string.IsNullOrEmpty(value)) ToError(value + Environment.NewLine);
    }

    /// <inheritdoc/>
    public override void WriteWarningLine(string message) => ToError(Styled(FormatStyle.Warning, $"WARNING: {message}"));

    /// <inheritdoc/>
    public override void WriteVerboseLine(string message) => ToError(Styled(FormatStyle.Verbose, $"VERBOSE: {message}"));

    /// <inheritdoc/>
    public override void WriteDebugLine(string message) => ToError(Styled(FormatStyle.Debug, $"DEBUG: {message}"));

    /// <inheritdoc/>
    /// <remarks>Every record comes here, shown or not; one that is shown is written to the host right afterwards.</remarks>
    public override void WriteInformation(InformationRecord record) => _information = record;

    /// <inheritdoc/>
    public override void WriteProgress(long sourceId, ProgressRecord record)
    {
        lock (_lock) _progress.Update(sourceId, record);
    }

    /// <summary>Shows one line of progress of the console's own.</summary>
    public void ShowProgress(string text)
    {
        lock (_lock) _progress.Draw(text);
    }

    /// <summary>Takes the progress line away until the next record.</summary>
    public void ClearProgress()
    {
        lock (_lock) _progress.Clear();
    }

    /// <summary>Forgets all progress: the pipeline has ended.</summary>
    public void ResetProgress()
    {
        lock (_lock) _progress.Reset();
        _information = null;
    }

    /// <summary>From here until it is disposed of, output goes to standard error too: an error is being shown.</summary>
    public IDisposable AllToError() => new ErrorPassage(this);

    /// <inheritdoc/>
    public override string ReadLine() => _prompts.ReadLine();

    /// <inheritdoc/>
    public override SecureString ReadLineAsSecureString() => _prompts.ReadSecret();

    /// <inheritdoc/>
    public override Dictionary<string, PSObject> Prompt(string caption, string message, Collection<FieldDescription> descriptions) => _prompts.Fields(caption, message, descriptions);

    /// <inheritdoc/>
    public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice) => _prompts.Choice(caption, message, choices, defaultChoice);

    /// <inheritdoc/>
    public Collection<int> PromptForChoice(string? caption, string? message, Collection<ChoiceDescription> choices, IEnumerable<int>? defaultChoices) =>
        _prompts.Choices(caption, message, choices, defaultChoices ?? []);

    /// <inheritdoc/>
    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName) => _prompts.Credential(caption, message, userName);

    /// <inheritdoc/>
    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName, PSCredentialTypes allowedCredentialTypes, PSCredentialUIOptions options) =>
        _prompts.Credential(caption, message, userName);

    private static string Coloured(ConsoleColor foreground, string value) => PSStyle.MapForegroundColorToEscapeSequence(foreground) + value + PSStyle.Instance.Reset;

    private static string Styled(FormatStyle style, string text) => $"{GetFormatStyleString(style)}{text}{PSStyle.Instance.Reset}{Environment.NewLine}";

    private void WriteHost(string text)
    {
        var information = _information;
        _information = null;
        if (_allToError)
        {
            ToError(text);
            return;
        }

        if (!_phase.Active && information is not null && string.Equals(information.ToString(), GetOutputString(text, supportsVirtualTerminal: false).TrimEnd('\r', '\n'), StringComparison.Ordinal)) ToError(text);
        else ToOutput(text);
    }

    private void ToOutput(string text)
    {
        lock (_lock)
        {
            if (_terminal.OutputIsTerminal) _progress.Clear();
            _terminal.WriteOutput(GetOutputString(text, _terminal.OutputColours));
        }
    }

    private void ToError(string text)
    {
        lock (_lock)
        {
            _progress.Clear();
            _terminal.WriteError(GetOutputString(text, _terminal.ErrorColours));
        }
    }

    private sealed class ErrorPassage : IDisposable
    {
        private readonly ConsoleUserInterface _ui;

        public ErrorPassage(ConsoleUserInterface ui)
        {
            _ui = ui;
            _ui._allToError = true;
        }

        public void Dispose() => _ui._allToError = false;
    }
}
