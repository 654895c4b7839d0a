using System.Collections.Concurrent;
using System.Collections.ObjectModel;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;
using System.Text;

namespace Summit.Ops.Tests.Engine;

/// <summary>A host that keeps what is written to it as plain text and refuses every prompt that it was given no answer for.</summary>
internal sealed class CapturingHost : PSHost
{
    private readonly CapturingUserInterface _ui = new();

    public StringBuilder Text => _ui.Text;

    /// <summary>
    /// Warnings as lines: those of the stream, and those of a pipeline that is being stopped, which has no stream any more.
    /// </summary>
    public ConcurrentQueue<string> Warnings => _ui.Warnings;

    /// <summary>Gives each question for a choice its answer; null where every one is refused.</summary>
    public Func<IReadOnlyList<string>, int>? Choose
    {
        get => _ui.Choose;
        set => _ui.Choose = value;
    }

    public override CultureInfo CurrentCulture => CultureInfo.InvariantCulture;

    public override CultureInfo CurrentUICulture => CultureInfo.InvariantCulture;

    public override Guid InstanceId { get; } = Guid.NewGuid();

    public override string Name => "Summit.Ops.Lab capture";

    public override PSHostUserInterface UI => _ui;

    public override Version Version { get; } = new(1, 0);

    public override void EnterNestedPrompt() => throw new HostException("This host has no nested prompt.");

    public override void ExitNestedPrompt()
    {
    }

    public override void NotifyBeginApplication()
    {
    }

    public override void NotifyEndApplication()
    {
    }

    public override void SetShouldExit(int exitCode)
    {
    }

    private sealed class CapturingUserInterface : PSHostUserInterface
    {
        public StringBuilder Text { get; } = new();

        public ConcurrentQueue<string> Warnings { get; } = new();

        public Func<IReadOnlyList<string>, int>? Choose { get; set; }

        public override PSHostRawUserInterface RawUI { get; } = new FixedSize();

        public override bool SupportsVirtualTerminal => false;

        public override void Write(string value) => Text.Append(Plain(value));

        public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) => Text.Append(Plain(value));

        public override void WriteLine(string value) => Text.Append(Plain(value)).Append('\n');

        public override void WriteErrorLine(string value) => Text.Append(Plain(value)).Append('\n');

        // these are in the streams already
        public override void WriteDebugLine(string message)
        {
        }

        public override void WriteVerboseLine(string message)
        {
        }

        public override void WriteWarningLine(string message) => Warnings.Enqueue(message);

        public override void WriteProgress(long sourceId, ProgressRecord record)
        {
        }

        public override void WriteInformation(InformationRecord record)
        {
        }

        public override string ReadLine() => throw Refused();

        public override SecureString ReadLineAsSecureString() => throw Refused();

        public override Dictionary<string, PSObject> Prompt(string caption, string message, Collection<FieldDescription> descriptions) =>
            throw Refused();

        public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice) =>
            Choose is null
                ? throw Refused()
                : Choose([.. choices.Select(choice => choice.Label.Replace("&", "", StringComparison.Ordinal))]);

        public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName) =>
            throw Refused();

        public override PSCredential PromptForCredential(
            string caption, string message, string userName, string targetName,
            PSCredentialTypes allowedCredentialTypes, PSCredentialUIOptions options) =>
            throw Refused();

        private static string Plain(string value) => GetOutputString(value ?? "", supportsVirtualTerminal: false);

        private static HostException Refused() => new("This host cannot prompt.");
    }

    private sealed class FixedSize : PSHostRawUserInterface
    {
        public override ConsoleColor BackgroundColor { get; set; } = ConsoleColor.Black;

        public override ConsoleColor ForegroundColor { get; set; } = ConsoleColor.Gray;

        public override Size BufferSize { get; set; } = new(120, 50);

        public override Coordinates CursorPosition { get; set; }

        public override int CursorSize { get; set; } = 25;

        public override bool KeyAvailable => false;

        public override Size MaxPhysicalWindowSize => BufferSize;

        public override Size MaxWindowSize => BufferSize;

        public override Coordinates WindowPosition { get; set; }

        public override Size WindowSize { get; set; } = new(120, 50);

        public override string WindowTitle { get; set; } = "";

        public override void FlushInputBuffer()
        {
        }

        public override BufferCell[,] GetBufferContents(Rectangle rectangle) => throw new HostException("This host has no screen.");

        public override KeyInfo ReadKey(ReadKeyOptions options) => throw new HostException("This host has no keyboard.");

        public override void ScrollBufferContents(Rectangle source, Coordinates destination, Rectangle clip, BufferCell fill)
        {
        }

        public override void SetBufferContents(Coordinates origin, BufferCell[,] contents)
        {
        }

        public override void SetBufferContents(Rectangle rectangle, BufferCell fill)
        {
        }
    }
}
