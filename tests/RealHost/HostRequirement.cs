using System.Reflection;

namespace Summit.Ops.RealHost.Tests;

/// <summary>What a host of our own needs of this machine, and where it lies.</summary>
internal static class HostRequirement
{
    private static readonly string[] Programs = ["unshare", "nsenter", "mount", "ip", "systemd-nspawn", "debootstrap", "npm", "openssl"];

    private static readonly Lazy<string?> Refusal = new(Refused);

    private static string Wish => Environment.GetEnvironmentVariable("SUMMIT_REALHOST") ?? "";

    /// <summary>
    /// Why a scenario is not tried here; null where it is. SUMMIT_REALHOST is 1 for all of them, sample for those of each run.
    /// </summary>
    public static string? Missing(string scenario) =>
        Wish == "sample" && !Scenarios.Sample.Contains(scenario) ? $"SUMMIT_REALHOST is not 1: {scenario} is not in the sample" : Missing();

    /// <summary>Why no host can boot here; null where one can.</summary>
    public static string? Missing()
    {
        if (Wish is not ("1" or "sample")) return "SUMMIT_REALHOST is not 1";
        if (!OperatingSystem.IsLinux()) return "a host boots on Linux only";
        if (Environment.UserName != "root") return "only root can boot a host";
        return Programs.FirstOrDefault(program => !OnPath(program)) is { } missing
            ? $"{missing} is not installed here, so no host can boot"
            : Refusal.Value;
    }

    private static string? Refused()
    {
        using var trial = Command.Start("unshare", ["--fork", "--pid", "--mount", "--net", "--mount-proc", "true"]);
        trial.WaitForExit();
        return trial.ExitCode == 0 ? null : "unshare gives no mount namespace here, or no network namespace";
    }

    public static string Repository { get; } = Known("RepositoryFolder");

    /// <summary>The module under test: the one that this build made, or another one to compare with.</summary>
    public static string Module { get; } = Environment.GetEnvironmentVariable("SUMMIT_REALHOST_MODULE") is { Length: > 0 } other
        ? other
        : Repository;

    public static string PowerShell { get; } = Known("PowerShellFolder");

    public static string Dotnet { get; } = Known("DotnetFolder");

    /// <summary>The images, which are made once; SUMMIT_CACHE lets several checkouts share them.</summary>
    public static string Cache { get; } =
        Environment.GetEnvironmentVariable("SUMMIT_CACHE") is { Length: > 0 } shared
            ? Path.GetFullPath(shared)
            : Path.Combine(Repository, ".cache");

    private static bool OnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
            .Any(folder => folder.Length > 0 && File.Exists(Path.Combine(folder, program)));

    private static string Known(string key) =>
        typeof(HostRequirement).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(data => data.Key == key).Value!;
}
