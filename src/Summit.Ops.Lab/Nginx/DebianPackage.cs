using Summit.Ops.Lab.Processes;

namespace Summit.Ops.Lab;

/// <summary>Debian's nginx package, fetched by apt-get and unpacked without installing anything.</summary>
internal static class DebianPackage
{
    private const string Wrapper = "nginx.sh";
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(20);

    // the package that holds the binary differs between the releases
    private static readonly string[] Names = ["nginx", "nginx-core", "nginx-light"];

    /// <summary>What to run in an unpacked folder; null where there is nothing.</summary>
    public static string? CommandIn(string folder)
    {
        var wrapper = Path.Combine(folder, Wrapper);
        if (File.Exists(wrapper)) return wrapper;
        var binary = Path.Combine(folder, "usr/sbin/nginx");
        return File.Exists(binary) ? binary : null;
    }

    /// <summary>Unpacks nginx into <c>folder/VERSION</c>; that folder appears whole or not at all.</summary>
    /// <param name="folder">Where the versions lie.</param>
    /// <param name="apt">Where apt-get may have lists of its own for the time being.</param>
    /// <param name="cancellation">Stops it.</param>
    public static async Task UnpackNginxAsync(string folder, string apt, CancellationToken cancellation)
    {
        var staging = Path.Combine(folder, $".new-{Guid.NewGuid():N}");
        Directory.CreateDirectory(staging);
        try
        {
            var downloads = Path.Combine(staging, ".deb");
            var tree = Path.Combine(staging, "tree");
            Directory.CreateDirectory(downloads);
            var source = await SourceAsync(downloads, apt, cancellation);
            foreach (var name in Names)
            {
                var package = await source.DownloadAsync(name, downloads, cancellation);
                await UnpackAsync(package, tree, cancellation);
                if (!File.Exists(Path.Combine(tree, "usr/sbin/nginx"))) continue;
                await CompleteLibrariesAsync(source, package, downloads, tree, Path.Combine(folder, Version(package)), cancellation);
                Directory.Move(tree, Path.Combine(folder, Version(package)));
                return;
            }

            throw NginxBinary.Unavailable("none of Debian's packages nginx, nginx-core and nginx-light holds usr/sbin/nginx");
        }
        finally
        {
            Directory.Delete(staging, recursive: true);
            if (Directory.Exists(apt)) Directory.Delete(apt, recursive: true);
        }
    }

    private static string Version(string package) =>
        Path.GetFileNameWithoutExtension(package).Split('_') is [_, var version, ..] ? version : "unknown";

    // the machine's own lists where they serve, else lists in the cache: nothing of the system is touched, and no root is needed
    private static async Task<AptSource> SourceAsync(string downloads, string apt, CancellationToken cancellation)
    {
        var system = new AptSource([]);
        var first = await system.TryDownloadAsync(Names[0], downloads, cancellation);
        if (first.Error is null) return system;
        if (first.Missing) throw NginxBinary.Unavailable("it is not on PATH, and there is no apt-get to fetch Debian's package with");
        foreach (var needed in new[] { "lists/partial", "cache/archives/partial" }) Directory.CreateDirectory(Path.Combine(apt, needed));
        var own = new AptSource(["-o", $"Dir::State::Lists={apt}/lists", "-o", $"Dir::Cache={apt}/cache", "-o", "APT::Sandbox::User=root"]);
        var update = await own.UpdateAsync(cancellation);
        return update.ExitCode == 0 ? own : throw NginxBinary.Unavailable(
            $"it is not on PATH, and Debian's package could not be fetched ({first.Error}; apt-get update: {update.LastLine})");
    }

    private static async Task UnpackAsync(string package, string tree, CancellationToken cancellation)
    {
        var unpacked = await ChildCommand.RunAsync("dpkg", ["-x", package, tree], Short, cancellation);
        if (unpacked.ExitCode != 0) throw NginxBinary.Unavailable($"dpkg -x of Debian's package failed ({unpacked.LastLine})");
    }

    // a bare machine may lack libpcre2 and the like: they come beside the binary, and a script tells the loader
    private static async Task CompleteLibrariesAsync(
        AptSource source, string package, string downloads, string tree, string final, CancellationToken cancellation)
    {
        var binary = Path.Combine(tree, "usr/sbin/nginx");
        if ((await MissingLibrariesAsync(binary, "", cancellation)).Count == 0) return;
        var depends = await ChildCommand.RunAsync("dpkg-deb", ["-f", package, "Depends"], Short, cancellation);
        foreach (var name in LibraryPackages(depends.Output))
        {
            await UnpackAsync(await source.DownloadAsync(name, downloads, cancellation), tree, cancellation);
        }

        var folders = Directory.EnumerateFiles(tree, "lib*.so*", SearchOption.AllDirectories)
            .Select(f => Path.GetDirectoryName(f)!)
            .Distinct(StringComparer.Ordinal).ToList();
        var missing = await MissingLibrariesAsync(binary, string.Join(':', folders), cancellation);
        if (missing.Count > 0)
        {
            throw NginxBinary.Unavailable($"libraries of Debian's package are missing on this machine ({string.Join(", ", missing)})");
        }

        var script = Path.Combine(tree, Wrapper);
        var search = string.Join(':', folders.Select(f => Path.Combine(final, Path.GetRelativePath(tree, f))));
        await File.WriteAllTextAsync(
            script,
            $"#!/bin/sh\nLD_LIBRARY_PATH={Quote(search)} exec {Quote(Path.Combine(final, "usr/sbin/nginx"))} \"$@\"\n",
            cancellation);
        if (OperatingSystem.IsWindows()) throw new PlatformNotSupportedException();
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead
            | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
    }

    // "libssl3 (>= 3.0.0), libpcre2-8-0 | other": the first of each, libraries only, and never the C library
    internal static IReadOnlyList<string> LibraryPackages(string depends) =>
        [.. depends.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(d => d.Split(' ', '|', '(', ':')[0])
            .Where(n => (n.StartsWith("lib", StringComparison.Ordinal) || n.StartsWith("zlib", StringComparison.Ordinal))
                && n is not "libc6")];

    private static async Task<IReadOnlyList<string>> MissingLibrariesAsync(string binary, string search, CancellationToken cancellation)
    {
        var environment =
            new Dictionary<string, string>(StringComparer.Ordinal) { ["PATH"] = "/usr/bin:/bin:/usr/sbin:/sbin", ["LC_ALL"] = "C" };
        if (search.Length > 0) environment["LD_LIBRARY_PATH"] = search;
        var said = await ChildCommand.RunAsync("ldd", [binary], Short, cancellation, environment: environment);
        return
        [
            .. said.Output.Split('\n').Where(l => l.EndsWith("not found", StringComparison.Ordinal)).Select(l => l.Trim().Split(' ')[0]),
        ];
    }

    private static string Quote(string value) => "'" + value.Replace("'", "'\\''", StringComparison.Ordinal) + "'";

    private sealed record AptSource(string[] Options)
    {
        private static readonly string[] Network =
        [
            "-q", "-o", "Acquire::http::Timeout=15", "-o", "Acquire::https::Timeout=15", "-o", "Acquire::Retries=1",
        ];

        public Task<CommandResult> UpdateAsync(CancellationToken cancellation) =>
            ChildCommand.RunAsync("apt-get", [.. Network, .. Options, "-o", "APT::Update::Error-Mode=any", "update"], Long, cancellation);

        public async Task<string> DownloadAsync(string name, string folder, CancellationToken cancellation)
        {
            if (Find(name, folder) is { } had) return had;
            var tried = await TryDownloadAsync(name, folder, cancellation);
            if (tried.Error is not null)
            {
                throw NginxBinary.Unavailable($"it is not on PATH, and apt-get could not download {name} ({tried.Error})");
            }

            return Find(name, folder) ?? throw NginxBinary.Unavailable($"apt-get downloaded {name} and left no file");
        }

        public async Task<(string? Error, bool Missing)> TryDownloadAsync(string name, string folder, CancellationToken cancellation)
        {
            var said = await ChildCommand.RunAsync("apt-get", [.. Network, .. Options, "download", name], Long, cancellation, folder);
            return (said.ExitCode == 0 ? null : said.LastLine, said.ExitCode == 127);
        }

        private static string? Find(string name, string folder) => Directory.EnumerateFiles(folder, $"{name}_*.deb").FirstOrDefault();
    }
}
