using System.Management.Automation;
using System.Management.Automation.Language;
using Summit.Ops.Lab.Engine;

namespace Summit.Ops.Lab.Shell;

/// <summary>How a script ended.</summary>
internal enum ScriptOutcome
{
    /// <summary>It ran to its end.</summary>
    Ended,

    /// <summary>An error ended it; the error has been shown.</summary>
    Failed,

    /// <summary>It was stopped (Ctrl+C).</summary>
    Stopped,
}

/// <summary>Runs PowerShell in a session the way pwsh does: output through Out-Default, errors shown by the engine's own view, exit codes as pwsh's.</summary>
internal sealed class ScriptRunner(EngineSession session, ConsoleHost host)
{
    /// <summary>The exit code after a stop, as a shell gives it for SIGINT.</summary>
    public const int StoppedExitCode = 130;

    private readonly Lock _lock = new();
    private PowerShell? _running;
    private bool _stopRequested;

    /// <summary>The session.</summary>
    public EngineSession Session => session;

    /// <summary>The host.</summary>
    public ConsoleHost Host => host;

    /// <summary>Stops what runs now.</summary>
    /// <param name="forGood">Whether nothing may run after it either.</param>
    /// <returns>False where nothing runs.</returns>
    public bool Stop(bool forGood)
    {
        lock (_lock)
        {
            _stopRequested |= forGood;
            if (_running is null) return false;
            _running.BeginStop(callback: null, state: null);
            return true;
        }
    }

    /// <summary>Runs the text of a script, and gives the program's exit code.</summary>
    /// <param name="text">PowerShell.</param>
    /// <param name="input">What <c>$input</c> gives, line by line, where the text uses it; null for nothing.</param>
    public async Task<int> RunTextAsync(string text, TextReader? input = null)
    {
        var outcome = await RunInputAsync(text, input);
        if (ExitCode(outcome) is { } code) return code;

        using var shell = Shell();
        shell.AddScript("$global:?");
        var result = await shell.InvokeAsync();
        return result.Count > 0 && result[0]?.BaseObject is false ? 1 : 0;
    }

    /// <summary>Runs a script file with arguments as they were on the command line, and gives the program's exit code.</summary>
    /// <remarks>
    /// The file is dot-sourced as a script block: <c>exit n</c> then ends the program, as it does under <c>pwsh -File</c>, and positions and $PSScriptRoot are the file's.
    /// </remarks>
    public async Task<int> RunFileAsync(string path, IReadOnlyList<string> arguments)
    {
        var ast = Parser.ParseFile(path, out _, out var errors);
        if (errors.Length > 0)
        {
            ShowError(new ParseException(errors).ErrorRecord);
            return 1;
        }

        var (named, positional) = ScriptArguments.Read(arguments);
        session.SetVariable("__summitScript", ast.GetScriptBlock());
        session.SetVariable("__summitNamed", named);
        session.SetVariable("__summitPositional", positional);
        var outcome = await InvokeAsync(shell => shell.AddScript(". $__summitScript @__summitNamed @__summitPositional", useLocalScope: false));
        return ExitCode(outcome) ?? 0;
    }

    /// <summary>Runs a script that is part of this program, in a scope of its own, and gives the program's exit code.</summary>
    public async Task<int> RunResourceAsync(string name, IDictionary<string, object?> parameters)
    {
        await using var resource = typeof(ScriptRunner).Assembly.GetManifestResourceStream(name) ?? throw new FileNotFoundException($"There is no resource {name}.");
        using var reader = new StreamReader(resource);
        var text = await reader.ReadToEndAsync();
        var outcome = await InvokeAsync(shell => shell.AddScript(text, useLocalScope: true).AddParameters((System.Collections.IDictionary)parameters));
        return ExitCode(outcome) ?? 0;
    }

    /// <summary>Runs one input, as a prompt does.</summary>
    public async Task<ScriptOutcome> RunInputAsync(string text, TextReader? input = null)
    {
        // the engine's own error for an incomplete input has no position in it
        var ast = Parser.ParseInput(text, out _, out var errors);
        if (errors.Length > 0)
        {
            ShowError(new ParseException(errors).ErrorRecord);
            return ScriptOutcome.Failed;
        }

        var usesInput = input is not null && ast.Find(node => node is VariableExpressionAst variable && variable.VariablePath.UserPath.Equals("input", StringComparison.OrdinalIgnoreCase), searchNestedScriptBlocks: false) is not null;
        using var lines = usesInput ? LinesOf(input!) : null;
        return await InvokeAsync(shell => shell.AddScript(text, useLocalScope: false), interactive: true, lines);
    }

    /// <summary>What a script gives, as one string; empty where it fails.</summary>
    public string Evaluate(string script)
    {
        using var shell = Shell();
        shell.AddScript(script);
        try
        {
            return string.Concat(shell.Invoke().Select(item => item?.ToString()));
        }
        catch (RuntimeException)
        {
            return "";
        }
    }

    /// <summary>Shows an error as the engine shows it.</summary>
    public void ShowError(ErrorRecord error)
    {
        using var shell = Shell();
        shell.AddCommand("Out-Default");
        using (host.Console.AllToError()) shell.Invoke(new[] { PSObject.AsPSObject(error) });
        host.Console.ResetProgress();
    }

    private static PSDataCollection<PSObject> LinesOf(TextReader reader)
    {
        var lines = new PSDataCollection<PSObject>();
        _ = Task.Run(async () =>
        {
            while (lines.IsOpen && await reader.ReadLineAsync() is { } line) lines.Add(PSObject.AsPSObject(line));
            lines.Complete();
        });
        return lines;
    }

    /// <summary>A new PowerShell on the session, or on the pipeline that runs now (in a nested prompt).</summary>
    private PowerShell Shell()
    {
        if (_running is null) return PowerShell.Create(session.Runspace);
        return PowerShell.Create(RunspaceMode.CurrentRunspace);
    }

    private async Task<ScriptOutcome> InvokeAsync(Action<PowerShell> add, bool interactive = false, PSDataCollection<PSObject>? input = null)
    {
        using var shell = Shell();
        add(shell);
        shell.Commands.Commands[0].MergeMyResults(System.Management.Automation.Runspaces.PipelineResultTypes.Error, System.Management.Automation.Runspaces.PipelineResultTypes.Output);
        shell.AddCommand("Out-Default");

        PowerShell? outer;
        lock (_lock)
        {
            if (_stopRequested) return ScriptOutcome.Stopped;
            outer = _running;
            _running = shell;
        }

        RuntimeException? failure = null;
        try
        {
            using var output = new PSDataCollection<PSObject>();
            // an input of the history is also one whose $? stays to be asked for
            var settings = new PSInvocationSettings { AddToHistory = interactive };
            if (outer is null) await shell.InvokeAsync<PSObject, PSObject>(input, output, settings, callback: null, state: null);
            else shell.Invoke<PSObject, PSObject>(input, output, settings);
        }
        catch (PipelineStoppedException)
        {
            return ScriptOutcome.Stopped;
        }
        catch (RuntimeException error)
        {
            failure = error;
        }
        finally
        {
            lock (_lock) _running = outer;
            host.Console.ResetProgress();
        }

        if (failure is null) return shell.InvocationStateInfo.State == PSInvocationState.Stopped ? ScriptOutcome.Stopped : ScriptOutcome.Ended;
        ShowError(failure.ErrorRecord);
        return ScriptOutcome.Failed;
    }

    private int? ExitCode(ScriptOutcome outcome) => outcome switch
    {
        ScriptOutcome.Stopped => StoppedExitCode,
        ScriptOutcome.Failed => 1,
        _ => host.ExitCode,
    };
}
