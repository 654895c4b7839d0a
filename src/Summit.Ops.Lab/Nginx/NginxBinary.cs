using Summit.Ops.Lab.Processes;

namespace Summit.Ops.Lab;

/// <summary>A real nginx: from PATH, else Debian's package unpacked in the cache.</summary>
/// <param name="CommandPath">What to run: the binary, or a script that finds its libraries.</param>
/// <param name="Version">As it says itself, for example <c>nginx/1.22.1</c>.</param>
/// <param name="Source">Where it is from: <c>setting</c>, <c>path</c> or <c>package</c>.</param>
public sealed record NginxBinary(string CommandPath, string Version, string Source)
{
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(10);

    /// <summary>Finds or fetches an nginx, as the environment allows (<see cref="LabSettings"/>).</summary>
    /// <exception cref="LabUnavailableException">There is none, and none could be had.</exception>
    public static Task<NginxBinary> ProvideAsync(CancellationToken cancellation = default) =>
        ProvideAsync(LabSettings.FromEnvironment(), null, cancellation);

    /// <summary>Finds or fetches an nginx. Several processes may do so at once.</summary>
    /// <exception cref="LabUnavailableException">There is none, and none could be had.</exception>
    /// <param name="settings">What it may take from the machine.</param>
    /// <param name="progress">Told of a download.</param>
    /// <param name="cancellation">Stops it.</param>
    public static async Task<NginxBinary> ProvideAsync(
        LabSettings settings, IProgress<string>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (OperatingSystem.IsWindows()) throw Unavailable("it runs the lab's site on Linux and macOS only");
        switch (settings.Nginx)
        {
            case "none":
                throw Unavailable("the setting SUMMIT_LAB_NGINX=none forbids it");
            case "" or "package":
                break;
            default:
                return await VerifyAsync(Path.GetFullPath(settings.Nginx), "setting", cancellation)
                    ?? throw Unavailable($"SUMMIT_LAB_NGINX names '{settings.Nginx}', which is not an nginx that runs here and speaks TLS");
        }

        if (settings.Nginx.Length == 0)
        {
            foreach (var candidate in OnPath())
            {
                if (await VerifyAsync(candidate, "path", cancellation) is { } found) return found;
            }
        }

        var folder = Path.Combine(settings.CacheFolder, "nginx");
        if (await FromCacheAsync(folder, cancellation) is { } cached) return cached;
        try
        {
            using (await FileLock.TakeAsync(Path.Combine(settings.CacheFolder, "nginx.lock"), cancellation))
            {
                // another process may have brought it while this one waited
                if (await FromCacheAsync(folder, cancellation) is { } brought) return brought;
                progress?.Report("Fetching Debian's nginx package (once)");
                await DebianPackage.UnpackNginxAsync(folder, Path.Combine(settings.CacheFolder, "apt"), cancellation);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unavailable($"it is not on PATH, and the cache {settings.CacheFolder} cannot be written ({e.Message})", e);
        }

        return await FromCacheAsync(folder, cancellation) ?? throw Unavailable("Debian's package was unpacked and does not run here");
    }

    internal static LabUnavailableException Unavailable(string reason, Exception? inner = null) => new(
        $"The lab needs nginx and cannot have it: {reason}.",
        "Install it (sudo apt-get install nginx), or set SUMMIT_LAB_NGINX to the path of one.",
        inner);

    private static IEnumerable<string> OnPath() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Concat(["/usr/sbin", "/usr/local/sbin", "/opt/homebrew/bin"]) // an ordinary user's PATH often lacks the sbin folders
            .Distinct(StringComparer.Ordinal)
            .Where(Path.IsPathRooted)
            .Select(folder => Path.Combine(folder, "nginx"))
            .Where(File.Exists);

    private static async Task<NginxBinary?> FromCacheAsync(string folder, CancellationToken cancellation)
    {
        if (!Directory.Exists(folder)) return null;
        foreach (var version in Directory.EnumerateDirectories(folder)
            .Where(d => !Path.GetFileName(d).StartsWith('.'))
            .OrderDescending(StringComparer.Ordinal))
        {
            var command = DebianPackage.CommandIn(version);
            if (command is not null && await VerifyAsync(command, "package", cancellation) is { } found) return found;
        }

        return null;
    }

    private static async Task<NginxBinary?> VerifyAsync(string path, string source, CancellationToken cancellation)
    {
        if (!File.Exists(path)) return null;
        var said = await ChildCommand.RunAsync(path, ["-V"], Short, cancellation);
        const string Mark = "nginx version: ";
        var line = said.Error.Split('\n').FirstOrDefault(l => l.StartsWith(Mark, StringComparison.Ordinal));
        return said.ExitCode == 0 && line is not null && said.Error.Contains("http_ssl_module", StringComparison.Ordinal)
            ? new(path, line[Mark.Length..].Trim(), source)
            : null;
    }
}
