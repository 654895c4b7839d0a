namespace Summit.Ops.Lab.Launcher;

/// <summary>
/// The program: reads its arguments, restores PowerShell, and becomes a pwsh that has both modules and,
/// unless -NoLab says otherwise, a lab.
/// </summary>
internal static class LabLauncher
{
    private const int UsageExitCode = 64;
    private const int UnavailableExitCode = 2;

    /// <summary>Runs the program.</summary>
    /// <returns>The exit code where PowerShell does not take over.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        try
        {
            var arguments = LauncherArguments.Read(args);
            switch (arguments.Action)
            {
                case LauncherAction.Help:
                    Console.Out.WriteLine(Usage.Text);
                    return 0;
                case LauncherAction.List:
                    Console.Out.Write(ScenarioNames.List());
                    return 0;
                default:
                    var scenario = arguments.NoLab ? "" : ScenarioNames.Find(arguments.Scenario).Name;
                    var tool = await PowerShellTool.ProvideAsync(new Announcement());
                    PowerShellEnvironment.Prepare(scenario);
                    return ProcessImage.Become(PowerShellTool.DotNet, ["exec", tool.Assembly, .. PowerShellArguments(arguments)]);
            }
        }
        catch (UsageException error)
        {
            return Fail($"{error.Message}\n\n{Usage.Arguments}", UsageExitCode);
        }
        catch (ScenarioNotFoundException error)
        {
            return Fail($"{error.Message} See them all with -Scenario list.", UsageExitCode);
        }
        catch (LabUnavailableException error)
        {
            return Fail($"{error.Message}\n{error.RecommendedAction}", UnavailableExitCode);
        }
    }

    private static string[] PowerShellArguments(LauncherArguments arguments)
    {
        // the session script imports the modules and starts the lab before anything else runs, so that the command, the file
        // and $input are pwsh's as given
        string[] session = ["-NoLogo", "-ConfigurationFile", Path.Combine(AppContext.BaseDirectory, "Summit.Ops.Lab.pssc")];
        return arguments.Action switch
        {
            LauncherAction.Demo =>
                [.. session, "-NoProfile", "-File", Path.Combine(Checkout.Root, "src", "Summit.Ops.Lab", "Demo", "MainJob.ps1")],
            LauncherAction.Command => [.. session, "-NoProfile", "-Command", arguments.Script],
            LauncherAction.File => [.. session, "-NoProfile", "-File", arguments.Script, .. arguments.ScriptArguments],
            _ => session,
        };
    }

    private static int Fail(string message, int exitCode)
    {
        Console.Error.WriteLine(message);
        return exitCode;
    }

    private sealed class Announcement : IProgress<string>
    {
        public void Report(string value) => Console.Error.WriteLine(value);
    }
}
