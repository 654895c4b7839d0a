using System.Runtime.InteropServices;

namespace Summit.Ops.Lab.Shell;

/// <summary>Ctrl+C and the signals that end a program: they stop what runs, and the program then ends in order, so that no lab is left behind.</summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _ending = new();
    private readonly List<PosixSignalRegistration> _signals = [];
    private int _exitCode;
    private int _count;

    public Interruption()
    {
        _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, OnInterrupt));
        foreach (var (signal, code) in new[] { (PosixSignal.SIGTERM, 143), (PosixSignal.SIGHUP, 129), (PosixSignal.SIGQUIT, 131) })
        {
            _signals.Add(PosixSignalRegistration.Create(signal, context => OnEnd(context, code)));
        }
    }

    /// <summary>Stops what runs in the engine; false where nothing runs. The argument says whether the program is to end.</summary>
    public Func<bool, bool>? StopRunning { get; set; }

    /// <summary>Whether Ctrl+C only ends what runs and not the program.</summary>
    public bool AtPrompt { get; set; }

    /// <summary>Cancelled when the program is to end.</summary>
    public CancellationToken Ending => _ending.Token;

    /// <summary>The exit code that the interruption asks for; 0 where there was none.</summary>
    public int ExitCode => _exitCode;

    /// <summary>Ends the program from inside: nobody reads its output any more.</summary>
    public void End(int code)
    {
        Interlocked.CompareExchange(ref _exitCode, code, 0);
        StopRunning?.Invoke(true);
        _ending.Cancel();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var signal in _signals) signal.Dispose();
        _ending.Dispose();
    }

    private void OnInterrupt(PosixSignalContext context)
    {
        if (AtPrompt)
        {
            context.Cancel = true;
            StopRunning?.Invoke(false);
            return;
        }

        OnEnd(context, ScriptRunner.StoppedExitCode);
    }

    private void OnEnd(PosixSignalContext context, int code)
    {
        // the third time the system has its way, whatever is left running
        if (Interlocked.Increment(ref _count) > 2) return;
        context.Cancel = true;
        End(code);
    }
}
