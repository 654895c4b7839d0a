namespace Summit.Ops.Lab.Launcher;

/// <summary>The environment of the pwsh that the program opens.</summary>
internal static class PowerShellEnvironment
{
    /// <summary>What the session script reads the scenario's name from.</summary>
    private const string Scenario = "SUMMIT_LAB_SCENARIO";

    /// <summary>Sets it in this process, whose environment pwsh gets.</summary>
    /// <param name="scenario">The scenario's name; empty for no lab.</param>
    public static void Prepare(string scenario)
    {
        Environment.SetEnvironmentVariable(Scenario, scenario);
        // a lab reports nothing to anybody
        Environment.SetEnvironmentVariable("POWERSHELL_TELEMETRY_OPTOUT", "1");
        Environment.SetEnvironmentVariable("POWERSHELL_UPDATECHECK", "Off");
        ProvideFolders();
    }

    // pwsh makes its folders below HOME, and does not start where it may not (the account of a container or a service)
    private static void ProvideFolders()
    {
        var home = Environment.GetEnvironmentVariable("HOME");
        if (OperatingSystem.IsWindows() || string.IsNullOrEmpty(home)) return;
        foreach (var (variable, usual) in new[]
        {
            ("XDG_CACHE_HOME", ".cache"), ("XDG_DATA_HOME", ".local/share"), ("XDG_CONFIG_HOME", ".config"),
        })
        {
            var folder = Environment.GetEnvironmentVariable(variable);
            if (CanMake(Path.Combine(string.IsNullOrEmpty(folder) ? Path.Combine(home, usual) : folder, "powershell"))) continue;
            Environment.SetEnvironmentVariable(variable, Path.Combine(Path.GetTempPath(), $"summit-ops-{Environment.UserName}", usual));
        }
    }

    private static bool CanMake(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
