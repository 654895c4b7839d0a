using System.Collections.Concurrent;
using System.Diagnostics;
using System.Reflection;
using System.Text.Json;

namespace Summit.Ops.Pester.Tests;

/// <summary>tests/Pester in the real pwsh: each file in a process of its own, two at a time.</summary>
public static class PesterSuite
{
    private static readonly Dictionary<string, string?> Known =
        typeof(PesterSuite).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .ToDictionary(known => known.Key, known => known.Value);

    private static readonly SemaphoreSlim Turns = new(2);
    private static readonly ConcurrentDictionary<string, Lazy<Task<PesterContainer>>> Runs = new(StringComparer.Ordinal);

    public static string Root { get; } = Known["Root"]!;

    public static string Pester { get; } = Known["Pester"]!;

    public static string OlderPester { get; } = Known["OlderPester"]!;

    /// <summary>The files of tests/Pester by their names.</summary>
    public static IReadOnlyList<string> Files { get; } =
        [.. Directory.GetFiles(Path.Combine(Root, "tests", "Pester"), "*.Tests.ps1").Order(StringComparer.Ordinal)];

    private static readonly Lazy<PesterReport> List = new(
        () => RunAsync(Pester, Files, TimeSpan.FromMinutes(3), list: true).GetAwaiter().GetResult());

    /// <summary>Every test that the files have, found without running one.</summary>
    public static PesterReport Listed => List.Value;

    /// <summary>A file's result; the first who asks starts it.</summary>
    public static Task<PesterContainer> ResultAsync(string file) => Runs.GetOrAdd(file, name => new Lazy<Task<PesterContainer>>(async () =>
    {
        await Turns.WaitAsync();
        try
        {
            var report = await RunAsync(Pester, [Path.Combine(Root, "tests", "Pester", name)], TimeSpan.FromMinutes(10), list: false);
            return report.Containers.Single();
        }
        finally
        {
            Turns.Release();
        }
    })).Value;

    /// <summary>
    /// Runs the files in one pwsh that has no profile, an empty HOME and no AWS settings; it ends, with its tree, at the limit.
    /// </summary>
    public static async Task<PesterReport> RunAsync(string pester, IReadOnlyList<string> files, TimeSpan limit, bool list)
    {
        var folder = Directory.CreateTempSubdirectory("summit-pester-");
        try
        {
            var report = Path.Combine(folder.FullName, "report.json");
            var (code, said) = await PwshAsync(folder.FullName, limit,
            [
                "-File", Path.Combine(AppContext.BaseDirectory, "Suite.ps1"), "-Pester", pester, "-Path",
                string.Join(Path.PathSeparator, files), "-Report", report,
                .. list ? ["-List"] : Array.Empty<string>(),
            ]);
            if (!File.Exists(report))
            {
                throw new InvalidOperationException(
                    $"pwsh ended with exit code {code} and no result for {string.Join(", ", files.Select(Path.GetFileName))}:\n{said}");
            }

            return JsonSerializer.Deserialize<PesterReport>(await File.ReadAllTextAsync(report))!;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<(int Code, string Said)> PwshAsync(string home, TimeSpan limit, IReadOnlyList<string> arguments)
    {
        var pwsh = Path.Combine(Known["Pwsh"]!, OperatingSystem.IsWindows() ? "win" : "unix", "pwsh.dll");
        var start = new ProcessStartInfo(
            Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet")
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
            WorkingDirectory = Root, UseShellExecute = false,
        };
        foreach (var argument in new[] { "exec", pwsh, "-NoLogo", "-NoProfile", "-NonInteractive" }.Concat(arguments))
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var name in start.Environment.Keys.Where(IsOfTheCaller).ToList()) start.Environment.Remove(name);
        start.Environment["HOME"] = home;
        // what a test starts with dotnet finds its packages all the same
        start.Environment["NUGET_PACKAGES"] = Known["Packages"];
        start.Environment["POWERSHELL_TELEMETRY_OPTOUT"] = "1";
        start.Environment["POWERSHELL_UPDATECHECK"] = "Off";
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        start.Environment["NO_COLOR"] = "1";
        start.Environment["SUMMIT_SAMPLES"] = typeof(PesterSuite).Assembly.Location;

        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        using var patience = new CancellationTokenSource(limit);
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException late)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"pwsh did not end within {limit}: {string.Join(' ', arguments)}", late);
        }
        var said = Task.WhenAll(output, errors);
        // a process that a test left behind may hold the pipes open
        var all = await Task.WhenAny(said, Task.Delay(TimeSpan.FromSeconds(10))) == said;
        return (process.ExitCode, all ? string.Concat(await said) : "");
    }

    private static bool IsOfTheCaller(string name) =>
        name.StartsWith("AWS_", StringComparison.OrdinalIgnoreCase) || name.StartsWith("XDG_", StringComparison.OrdinalIgnoreCase)
        || name.Equals("PSModulePath", StringComparison.OrdinalIgnoreCase)
            || name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase);
}
