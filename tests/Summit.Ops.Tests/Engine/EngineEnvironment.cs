using System.Globalization;

namespace Summit.Ops.Tests.Engine;

/// <summary>What has to be settled in the process before the engine's first type is touched.</summary>
internal static class EngineEnvironment
{
    /// <summary>Settles it; may be called more than once.</summary>
    public static void Prepare()
    {
        // the engine would report each module's load to its vendor; a lab reports nothing
        Environment.SetEnvironmentVariable("POWERSHELL_TELEMETRY_OPTOUT", "1");
        CultureInfo.DefaultThreadCurrentCulture = EnglishCulture.Instance;
        ProvideFolders();
    }

    // the engine makes its folders below HOME when it starts, and does not start where it may not (a container's account, a service)
    private static void ProvideFolders()
    {
        var home = Environment.GetEnvironmentVariable("HOME");
        if (OperatingSystem.IsWindows() || string.IsNullOrEmpty(home)) return;
        foreach (var (variable, usual) in new[] { ("XDG_CACHE_HOME", ".cache"), ("XDG_DATA_HOME", ".local/share") })
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
