using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Summit.Ops.Lab.Shell;

/// <summary>The three standard streams: which of them is a terminal, what that terminal can do, and writers over them.</summary>
internal sealed class Terminal
{
    /// <summary>The width to format for where nobody says how wide it is.</summary>
    public const int DefaultWidth = 120;

    private readonly Func<int> _width;
    private volatile bool _outputGone;

    private Terminal(TextWriter output, TextWriter error, Func<int> width)
    {
        Output = output;
        Error = error;
        _width = width;
    }

    /// <summary>Standard output.</summary>
    public TextWriter Output { get; }

    /// <summary>Standard error.</summary>
    public TextWriter Error { get; }

    /// <summary>Whether standard input is a terminal.</summary>
    public bool InputIsTerminal { get; private init; }

    /// <summary>Whether standard output is a terminal.</summary>
    public bool OutputIsTerminal { get; private init; }

    /// <summary>Whether standard error is a terminal.</summary>
    public bool ErrorIsTerminal { get; private init; }

    /// <summary>Whether the terminal understands control sequences (cursor movement).</summary>
    public bool UnderstandsSequences { get; private init; }

    /// <summary>Whether standard output gets colours.</summary>
    public bool OutputColours { get; private init; }

    /// <summary>Whether standard error gets colours.</summary>
    public bool ErrorColours { get; private init; }

    /// <summary>Whether colours were turned off by the user (NO_COLOR) or by the terminal's type.</summary>
    public bool PlainByChoice { get; private init; }

    /// <summary>Columns to format for.</summary>
    public int Width => _width();

    /// <summary>Called once when the reader of standard output has gone away (<c>| head</c>).</summary>
    public event EventHandler? OutputClosed;

    /// <summary>Looks at this process's streams and environment.</summary>
    /// <param name="redirectedWidth">The width to format for where no stream is a terminal and COLUMNS says nothing.</param>
    public static Terminal Detect(int redirectedWidth = DefaultWidth)
    {
        var type = Environment.GetEnvironmentVariable("TERM");
        var dumb = string.Equals(type, "dumb", StringComparison.Ordinal) || (string.IsNullOrEmpty(type) && !OperatingSystem.IsWindows());
        var plain = dumb || !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
        var output = !Console.IsOutputRedirected;
        var error = !Console.IsErrorRedirected;
        return new Terminal(Writer(StandardOutput()), Writer(Console.OpenStandardError()), () => MeasureWidth(output || error, redirectedWidth))
        {
            InputIsTerminal = !Console.IsInputRedirected,
            OutputIsTerminal = output,
            ErrorIsTerminal = error,
            UnderstandsSequences = !dumb,
            OutputColours = output && !plain,
            ErrorColours = error && !plain,
            PlainByChoice = plain,
        };
    }

    /// <summary>Writes to standard output; once its reader has gone, to nowhere.</summary>
    public void WriteOutput(string text)
    {
        if (_outputGone) return;
        try
        {
            Output.Write(text);
        }
        catch (IOException)
        {
            _outputGone = true;
            OutputClosed?.Invoke(this, EventArgs.Empty);
        }
    }

    /// <summary>Writes to standard error; where that cannot be, the text is lost.</summary>
    public void WriteError(string text)
    {
        try
        {
            Error.Write(text);
        }
        catch (IOException)
        {
            // nobody is left to tell
        }
    }

    // the framework's own stream hides that the reader of a pipe has gone away, and a script would run on for nobody
    private static Stream StandardOutput()
    {
        if (Console.IsOutputRedirected && !OperatingSystem.IsWindows())
        {
            var pipe = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
            if (!pipe.CanSeek) return pipe;
            pipe.Dispose();
        }

        return Console.OpenStandardOutput();
    }

    /// <summary>Writes for the person at the terminal: to standard error where that is one, else to standard output.</summary>
    public void WriteScreen(string text)
    {
        if (!ErrorIsTerminal && OutputIsTerminal) WriteOutput(text);
        else WriteError(text);
    }

    private static StreamWriter Writer(Stream stream) => new(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = true };

    private static int MeasureWidth(bool terminal, int redirectedWidth)
    {
        if (int.TryParse(Environment.GetEnvironmentVariable("COLUMNS"), out var columns) && columns is > 0 and < 10_000 && !terminal) return columns;
        if (!terminal) return redirectedWidth;
        try
        {
            return Console.WindowWidth is > 0 and var width ? width : 80;
        }
        catch (IOException)
        {
            return 80;
        }
    }
}
