using System.Security.Cryptography;
using Summit.Ops.Lab.Processes;

namespace Summit.Ops.Lab;

/// <summary>pm2 and ws at the versions of <c>package-lock.json</c>, installed in the cache.</summary>
/// <param name="Folder">The folder with <c>node_modules</c>.</param>
internal sealed record NodePackages(string Folder)
{
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(2);

    /// <summary>The folder that holds the command <c>pm2</c> and nothing else.</summary>
    public string CommandFolder => Path.Combine(Folder, "bin");

    /// <summary>The command.</summary>
    public string Pm2 => Path.Combine(CommandFolder, "pm2");

    /// <summary>Where the backend finds ws.</summary>
    public string Modules => Path.Combine(Folder, "node_modules");

    /// <summary>Finds the packages in the cache or installs them there. Several processes may do so at once.</summary>
    /// <exception cref="LabUnavailableException">There is no node or no npm, or the packages could not be had.</exception>
    public static async Task<NodePackages> ProvideAsync(LabSettings settings, IProgress<string>? progress, CancellationToken cancellation)
    {
        if (settings.Backend == "dotnet") throw Unavailable("the setting SUMMIT_LAB_BACKEND=dotnet forbids it");
        var packages = new NodePackages(Path.Combine(settings.CacheFolder, "pm2", Key()));
        if (!OnPath("node")) throw Unavailable("node is not on PATH");
        if (File.Exists(packages.Pm2)) return packages;
        if (!OnPath("npm")) throw Unavailable("npm is not on PATH");
        try
        {
            using (await FileLock.TakeAsync(Path.Combine(settings.CacheFolder, "pm2.lock"), cancellation))
            {
                if (File.Exists(packages.Pm2)) return packages; // another process brought it
                progress?.Report("Installing pm2 and ws with npm (once)");
                await InstallAsync(packages.Folder, cancellation);
                return packages;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unavailable($"the cache {settings.CacheFolder} cannot be written ({e.Message})");
        }
    }

    private static async Task InstallAsync(string folder, CancellationToken cancellation)
    {
        var staging = folder + $".new-{Guid.NewGuid():N}";
        Directory.CreateDirectory(staging);
        try
        {
            foreach (var file in new[] { "package.json", "package-lock.json" })
            {
                await File.WriteAllTextAsync(Path.Combine(staging, file), LabResources.Text(file), cancellation);
            }

            var installed = await ChildCommand.RunAsync(
                "npm",
                ["ci", "--ignore-scripts", "--omit=optional", "--no-audit", "--no-fund", "--loglevel=error"],
                Long, cancellation, staging);
            if (installed.ExitCode != 0) throw Unavailable($"npm ci failed ({installed.LastLine})");
            Directory.CreateDirectory(Path.Combine(staging, "bin"));
            File.CreateSymbolicLink(Path.Combine(staging, "bin/pm2"), "../node_modules/pm2/bin/pm2");
            var said = await ChildCommand.RunAsync(
                "node", ["-e", "require('ws'); require('pm2/package.json')"], Short, cancellation, staging);
            if (said.ExitCode != 0) throw Unavailable($"the installed packages do not load ({said.LastLine})");
            Directory.Move(staging, folder);
        }
        finally
        {
            if (Directory.Exists(staging)) Directory.Delete(staging, recursive: true);
        }
    }

    // other versions are another folder
    private static string Key() => Convert.ToHexString(
        SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(LabResources.Text("package-lock.json")))).ToLowerInvariant()[..12];

    private static bool OnPath(string command) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Any(folder => File.Exists(Path.Combine(folder, command)));

    private static LabUnavailableException Unavailable(string reason) => new(
        $"The lab cannot have pm2: {reason}.",
        "Install node and npm (sudo apt-get install nodejs npm), or use the backend without them (SUMMIT_LAB_BACKEND=dotnet).");
}
