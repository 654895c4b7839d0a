using System.Management.Automation.Runspaces;
using Summit.Ops.Lab.Engine;

namespace Summit.Ops.Lab.Shell;

/// <summary>The program: reads its arguments, starts the lab and the engine, runs what was asked, and ends with pwsh's exit codes.</summary>
internal sealed class ConsoleProgram : IDisposable
{
    private const int UsageExitCode = 64;

    private readonly ConsoleArguments _arguments;
    private readonly Terminal _terminal;
    private readonly Interruption _interruption = new();
    private readonly ConsoleHost _host;

    private ConsoleProgram(ConsoleArguments arguments, Terminal terminal)
    {
        _arguments = arguments;
        _terminal = terminal;
        _host = new ConsoleHost(terminal, Answers());
        terminal.OutputClosed += (_, _) => _interruption.End(ScriptRunner.StoppedExitCode);
    }

    /// <summary>Runs the program and gives its exit code.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        var terminal = Terminal.Detect();
        ConsoleArguments arguments;
        try
        {
            arguments = ConsoleArguments.Read(args);
        }
        catch (UsageException error)
        {
            terminal.WriteError($"{error.Message}\n\n{Usage.Arguments}\n");
            return UsageExitCode;
        }

        switch (arguments.Action)
        {
            case ConsoleAction.Help:
                terminal.WriteOutput(Usage.Text + "\n");
                return 0;
            case ConsoleAction.File when !File.Exists(arguments.Script):
                terminal.WriteError($"There is no script '{arguments.Script}' (looked in {Directory.GetCurrentDirectory()}).\n");
                return UsageExitCode;
            default:
                using (var program = new ConsoleProgram(arguments, terminal)) return await program.RunAsync();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _interruption.Dispose();

    private async Task<int> RunAsync()
    {
        using var session = EngineSession.Create(_host, importModule: true, UseConsoleCmdlets);
        var runner = new ScriptRunner(session, _host);
        _interruption.StopRunning = runner.Stop;
        if (_interruption.Ending.IsCancellationRequested) return _interruption.ExitCode;

        var code = await RunActionAsync(runner);
        return _interruption.ExitCode != 0 ? _interruption.ExitCode : code;
    }

    private async Task<int> RunActionAsync(ScriptRunner runner)
    {
        switch (_arguments.Action)
        {
            case ConsoleAction.Command:
                return await runner.RunTextAsync(_arguments.Script == "-" ? await Console.In.ReadToEndAsync(_interruption.Ending) : _arguments.Script);
            case ConsoleAction.File:
                return await runner.RunFileAsync(Path.GetFullPath(_arguments.Script), _arguments.ScriptArguments);
            default:
                var loop = new InteractiveLoop(runner, _terminal);
                _host.NestedPrompt = loop.RunNested;
                _interruption.AtPrompt = true;
                return await loop.RunAsync();
        }
    }

    private static void UseConsoleCmdlets(InitialSessionState state)
    {
        foreach (var (name, type) in new[] { ("Out-Default", typeof(OutConsoleDefaultCommand)), ("Out-Host", typeof(OutConsoleHostCommand)) })
        {
            state.Commands.Remove(name, typeof(SessionStateCmdletEntry));
            state.Commands.Add(new SessionStateCmdletEntry(name, type, helpFileName: null));
        }
    }

    private IAnswers? Answers()
    {
        if (_arguments.Action != ConsoleAction.Interactive) return null;
        if (_terminal is not { InputIsTerminal: true, UnderstandsSequences: true }) return new PlainAnswers(_terminal);
        return new TerminalAnswers(_terminal) { Interrupted = () => _interruption.StopRunning?.Invoke(false) };
    }
}
