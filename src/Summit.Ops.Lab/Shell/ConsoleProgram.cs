using System.Management.Automation.Runspaces;
using Summit.Ops.Lab.Engine;

namespace Summit.Ops.Lab.Shell;

/// <summary>The program: reads its arguments, starts the lab and the engine, runs what was asked, and ends with pwsh's exit codes.</summary>
internal sealed class ConsoleProgram : IDisposable
{
    private const int UsageExitCode = 64;
    private const int NoNginxExitCode = 2;
    private const int FailedExitCode = 70;

    private readonly ConsoleArguments _arguments;
    private readonly Terminal _terminal;
    private readonly Interruption _interruption = new();
    private readonly ConsoleHost _host;

    private ConsoleProgram(ConsoleArguments arguments, Terminal terminal)
    {
        _arguments = arguments;
        _terminal = terminal;
        EngineEnvironment.Prepare();
        _host = new ConsoleHost(terminal, Answers());
        terminal.OutputClosed += (_, _) => _interruption.End(ScriptRunner.StoppedExitCode);
    }

    /// <summary>Runs the program and gives its exit code.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        var terminal = Terminal.Detect();
        try
        {
            var arguments = ConsoleArguments.Read(args);
            // the demo is for people: a log of it is as readable as a terminal
            if (arguments.Action == ConsoleAction.Demo) terminal = Terminal.Detect(redirectedWidth: 80);
            switch (arguments.Action)
            {
                case ConsoleAction.Help:
                    terminal.WriteOutput(Usage.Text + "\n");
                    return 0;
                case ConsoleAction.List:
                    terminal.WriteOutput(ScenarioNames.List());
                    return 0;
                case ConsoleAction.File when !File.Exists(arguments.Script):
                    terminal.WriteError($"There is no script '{arguments.Script}' (looked in {Directory.GetCurrentDirectory()}).\n");
                    return UsageExitCode;
                default:
                    var scenario = arguments.NoLab ? null : ScenarioNames.Find(arguments.Scenario);
                    using (var program = new ConsoleProgram(arguments, terminal)) return await program.RunAsync(scenario);
            }
        }
        catch (UsageException error)
        {
            terminal.WriteError(error.ShowUsage ? $"{error.Message}\n\n{Usage.Arguments}\n" : error.Message + "\n");
            return UsageExitCode;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _interruption.Dispose();

    private async Task<int> RunAsync(Scenario? scenario)
    {
        // the engine and the lab start side by side: neither needs the other
        var starting = Task.Run(() => EngineSession.Create(_host, importModule: true, UseConsoleCmdlets));
        try
        {
            await using var lab = scenario is null ? null : await StartLabAsync(scenario);
            using var session = await starting;

            MissingCommands.Explain(session.Runspace, _host.Console.WriteWarningLine);
            var runner = new ScriptRunner(session, _host);
            _interruption.StopRunning = runner.Stop;
            if (_interruption.Ending.IsCancellationRequested) return _interruption.ExitCode;

            var code = await RunActionAsync(runner, lab);
            return _interruption.ExitCode != 0 ? _interruption.ExitCode : code;
        }
        catch (LabUnavailableException error)
        {
            return Failed($"{error.Message}\n{error.RecommendedAction}", NoNginxExitCode);
        }
        catch (OperationCanceledException) when (_interruption.Ending.IsCancellationRequested)
        {
            _host.Console.ClearProgress();
            return _interruption.ExitCode;
        }
        catch (System.Management.Automation.RuntimeException error)
        {
            return Failed($"The module cannot be imported from {BuiltModule.Manifest}: {error.Message}\nBuild it: dotnet build");
        }
        catch (Exception error)
        {
            return Failed($"The lab did not start: {error.Message}\n{error.GetType()}\n{error.StackTrace}");
        }
    }

    private int Failed(string message, int exitCode = FailedExitCode)
    {
        _host.Console.ClearProgress();
        _terminal.WriteError(message + "\n");
        return exitCode;
    }

    private async Task<LabInstance> StartLabAsync(Scenario scenario)
    {
        _host.Console.ShowProgress($"Starting the lab: nginx with TLS, a backend, {scenario.Name}");
        var options = new LabOptions { Scenario = scenario, Progress = new LabProgress(_host.Console) };
        var lab = await LabInstance.StartAsync(options, _interruption.Ending);
        _host.Console.ClearProgress();
        return lab;
    }

    /// <summary>Leads every AWS SDK and CLI that this process starts to the lab's endpoint, and nowhere else.</summary>
    private static void UseAws(LabInstance lab)
    {
        foreach (var name in new[] { "AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN" }) Environment.SetEnvironmentVariable(name, null);
        foreach (var (name, value) in lab.Aws.Environment(lab.Region)) Environment.SetEnvironmentVariable(name, value);
        Environment.SetEnvironmentVariable("AWS_EC2_METADATA_DISABLED", "true");
    }

    private async Task<int> RunActionAsync(ScriptRunner runner, LabInstance? lab)
    {
        if (lab is not null) UseAws(lab);
        var variable = lab is null ? null : LabVariable.From(lab);
        if (lab is not null)
        {
            runner.Session.SetVariable(LabVariable.Name, variable);
            // as the module's own advice has it: Deploy-SummitNginxConfig -Site $site
            runner.Session.SetVariable("site", lab.Site);
        }

        switch (_arguments.Action)
        {
            case ConsoleAction.Demo:
                return await runner.RunResourceAsync("demo/MainJob.ps1", new Dictionary<string, object?> { ["Lab"] = variable, ["Description"] = lab!.Scenario.Description, ["OverSystemsManager"] = lab.Scenario.OverSystemsManager });
            case ConsoleAction.Command:
                return _arguments.Script == "-"
                    ? await runner.RunTextAsync(await Console.In.ReadToEndAsync(_interruption.Ending))
                    : await runner.RunTextAsync(_arguments.Script, _terminal.InputIsTerminal ? null : Console.In);
            case ConsoleAction.File:
                return await runner.RunFileAsync(Path.GetFullPath(_arguments.Script), _arguments.ScriptArguments);
            default:
                var loop = new InteractiveLoop(runner, _terminal);
                _host.NestedPrompt = loop.RunNested;
                _interruption.AtPrompt = true;
                if (_terminal.InputIsTerminal) Greet(lab);
                return await loop.RunAsync();
        }
    }

    private void Greet(LabInstance? lab)
    {
        var about = lab is null
            ? "No lab: the module alone."
            : $"A lab at {lab.Uri}, on this machine only.\nScenario {lab.Scenario.Name}: {lab.Scenario.Description}.\n$Lab and $site have its facts. Try: Invoke-SummitDiagnostic -Site $site";
        _terminal.WriteScreen($"{about}\nGet-Command -Module Summit.Ops lists the cmdlets; exit (or Ctrl+D) ends.\n\n");
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

    private sealed class LabProgress(ConsoleUserInterface ui) : IProgress<string>
    {
        public void Report(string value) => ui.ShowProgress(value);
    }
}
