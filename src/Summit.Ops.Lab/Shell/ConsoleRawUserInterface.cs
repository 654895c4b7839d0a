using System.Management.Automation.Host;

namespace Summit.Ops.Lab.Shell;

/// <summary>The terminal's raw side: size and keys. It has no addressable screen buffer, as no terminal on Unix has.</summary>
internal sealed class ConsoleRawUserInterface(Terminal terminal, bool interactive) : PSHostRawUserInterface
{
    private const int EndlessRows = 3000;

    private string _title = "";

    /// <inheritdoc/>
    public override ConsoleColor BackgroundColor { get; set; } = ConsoleColor.Black;

    /// <inheritdoc/>
    public override ConsoleColor ForegroundColor { get; set; } = ConsoleColor.Gray;

    /// <inheritdoc/>
    public override Size BufferSize
    {
        get => new(terminal.Width, terminal.OutputIsTerminal ? Rows() : EndlessRows);
        set => throw Unsupported("resize the buffer");
    }

    /// <inheritdoc/>
    public override Coordinates CursorPosition
    {
        get => default;
        set => throw Unsupported("move the cursor");
    }

    /// <inheritdoc/>
    public override int CursorSize
    {
        get => 25;
        set => throw Unsupported("change the cursor");
    }

    /// <inheritdoc/>
    public override bool KeyAvailable => interactive && terminal.InputIsTerminal && Console.KeyAvailable;

    /// <inheritdoc/>
    public override Size MaxPhysicalWindowSize => WindowSize;

    /// <inheritdoc/>
    public override Size MaxWindowSize => WindowSize;

    /// <inheritdoc/>
    public override Coordinates WindowPosition
    {
        get => default;
        set => throw Unsupported("move the window");
    }

    /// <inheritdoc/>
    public override Size WindowSize
    {
        get => new(terminal.Width, Rows());
        set => throw Unsupported("resize the window");
    }

    /// <inheritdoc/>
    public override string WindowTitle
    {
        get => _title;
        set
        {
            _title = value ?? "";
            if (terminal.OutputColours) terminal.WriteOutput($"\e]0;{new string([.. _title.Where(c => !char.IsControl(c))])}\a");
        }
    }

    /// <inheritdoc/>
    public override void FlushInputBuffer()
    {
        while (KeyAvailable) Console.ReadKey(intercept: true);
    }

    /// <inheritdoc/>
    public override int LengthInBufferCells(string source) => LengthInBufferCells(source, 0);

    /// <inheritdoc/>
    public override int LengthInBufferCells(string source, int offset) => TextCells.Width(source.AsSpan(offset));

    /// <inheritdoc/>
    public override int LengthInBufferCells(char source) => char.IsSurrogate(source) ? 1 : TextCells.Width(new System.Text.Rune(source));

    /// <inheritdoc/>
    public override KeyInfo ReadKey(ReadKeyOptions options)
    {
        if (!interactive || !terminal.InputIsTerminal) throw ConsolePrompts.NotInteractive("read a key");
        var key = Console.ReadKey(options.HasFlag(ReadKeyOptions.NoEcho));
        var state = default(ControlKeyStates);
        if (key.Modifiers.HasFlag(ConsoleModifiers.Alt)) state |= ControlKeyStates.LeftAltPressed;
        if (key.Modifiers.HasFlag(ConsoleModifiers.Control)) state |= ControlKeyStates.LeftCtrlPressed;
        if (key.Modifiers.HasFlag(ConsoleModifiers.Shift)) state |= ControlKeyStates.ShiftPressed;
        return new KeyInfo((int)key.Key, key.KeyChar, state, keyDown: true);
    }

    /// <inheritdoc/>
    public override BufferCell[,] GetBufferContents(Rectangle rectangle) => throw Unsupported("read the screen");

    /// <inheritdoc/>
    public override void ScrollBufferContents(Rectangle source, Coordinates destination, Rectangle clip, BufferCell fill) => throw Unsupported("scroll the screen");

    /// <inheritdoc/>
    public override void SetBufferContents(Coordinates origin, BufferCell[,] contents) => throw Unsupported("write into the screen");

    /// <inheritdoc/>
    /// <remarks>Clear-Host asks for the whole screen by a rectangle of -1.</remarks>
    public override void SetBufferContents(Rectangle rectangle, BufferCell fill)
    {
        if (rectangle is not { Left: -1, Right: -1 }) throw Unsupported("write into the screen");
        if (terminal is { OutputIsTerminal: true, UnderstandsSequences: true }) terminal.WriteOutput("\e[H\e[2J\e[3J");
    }

    private static int Rows()
    {
        try
        {
            return Console.WindowHeight is > 0 and var rows ? rows : 50;
        }
        catch (IOException)
        {
            return 50;
        }
    }

    private static HostException Unsupported(string what) => new($"This console cannot {what}.");
}
