using System.Text.Json;
using Summit.Ops.Lab.Processes;

namespace Summit.Ops.Lab.Launcher;

/// <summary>The real PowerShell: the .NET tool that <c>.config/dotnet-tools.json</c> pins, restored where it is not there yet.</summary>
/// <param name="Assembly">Its main assembly, for <c>dotnet exec</c>.</param>
/// <remarks>
/// By its path and not as <c>dotnet pwsh</c>, which works below the checkout only and puts two more processes in between.
/// </remarks>
public sealed record PowerShellTool(string Assembly)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>The pinned version.</summary>
    public static string Version { get; } = PinnedVersion();

    /// <summary>The <c>dotnet</c> that runs this process, else the one on PATH.</summary>
    public static string DotNet { get; } =
        new[] { Environment.ProcessPath, Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") }.FirstOrDefault(IsDotNet) ?? FromPath();

    /// <summary>Finds the tool, or restores it.</summary>
    /// <param name="progress">Told before a download.</param>
    /// <param name="cancellation">Ends the download.</param>
    /// <exception cref="LabUnavailableException">It cannot be restored.</exception>
    public static async Task<PowerShellTool> ProvideAsync(IProgress<string>? progress = null, CancellationToken cancellation = default)
    {
        if (Find(UsualPackageFolder()) is { } present) return present;
        progress?.Report($"Restoring PowerShell {Version} (once)");
        var restored = await RunAsync(["tool", "restore"], cancellation);
        if (restored.ExitCode != 0) throw Unavailable(restored.Error.Trim() is { Length: > 0 } error ? error : restored.Output.Trim());
        return Find(UsualPackageFolder()) ?? Find(await ConfiguredPackageFolderAsync(cancellation))
            ?? throw Unavailable("dotnet tool restore succeeded, but the package is not in the NuGet folder");
    }

    private static PowerShellTool? Find(string packages)
    {
        var folder = Path.Combine(packages, "powershell", Version);
        // NuGet writes this file last
        if (!File.Exists(Path.Combine(folder, ".nupkg.metadata"))) return null;
        var assembly = Path.Combine(OperatingSystem.IsWindows() ? "win" : "unix", "pwsh.dll");
        return Directory.EnumerateDirectories(Path.Combine(folder, "tools"))
            .Select(framework => Path.Combine(framework, "any", assembly))
            .Where(File.Exists)
            .Select(path => new PowerShellTool(path))
            .FirstOrDefault();
    }

    private static string UsualPackageFolder() => Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } set
        ? Path.GetFullPath(set)
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    // a NuGet.config may name another folder
    private static async Task<string> ConfiguredPackageFolderAsync(CancellationToken cancellation)
    {
        var listed = await RunAsync(["nuget", "locals", "global-packages", "--list"], cancellation);
        return listed.Output.Split("global-packages: ", 2) is [_, var folder] ? folder.Trim() : "";
    }

    private static Task<CommandResult> RunAsync(string[] arguments, CancellationToken cancellation) =>
        ChildCommand.RunAsync(DotNet, arguments, Patience, cancellation, Checkout.Root);

    private static string PinnedVersion()
    {
        using var manifest = JsonDocument.Parse(File.ReadAllText(Path.Combine(Checkout.Root, ".config", "dotnet-tools.json")));
        return manifest.RootElement.GetProperty("tools").GetProperty("powershell").GetProperty("version").GetString()!;
    }

    private static bool IsDotNet(string? path) => Path.GetFileNameWithoutExtension(path) == "dotnet" && File.Exists(path);

    private static string FromPath()
    {
        var name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        return (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists)
            ?? name;
    }

    private static LabUnavailableException Unavailable(string reason) => new(
        $"PowerShell {Version} cannot be restored: {reason}", $"Run in {Checkout.Root}: dotnet tool restore");
}
