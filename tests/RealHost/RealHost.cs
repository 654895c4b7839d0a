using System.Diagnostics;
using System.Globalization;

namespace Summit.Ops.RealHost.Tests;

/// <summary>A Debian that booted, with systemd as its first process, a network of its own and an outside to dial it from.</summary>
internal sealed class RealHost : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);
    private readonly Process _supervisor;
    private readonly int _outside;
    private readonly int _leader;
    private readonly Dictionary<string, HostShell> _shells = new(StringComparer.Ordinal);

    private RealHost(Process supervisor, int outside, int leader) => (_supervisor, _outside, _leader) = (supervisor, outside, leader);

    /// <summary>
    /// Boots a host. It ends with this process, however that ends: the supervisor reads its standard input until it is closed.
    /// </summary>
    public static async Task<RealHost> BootAsync(string suite, CancellationToken cancellation)
    {
        var image = await HostImage.OfAsync(suite, cancellation);
        var supervisor = Command.Start(
            "/bin/sh",
            [Path.Combine(HostImage.Recipe, "boot.sh"), image, HostRequirement.Dotnet, HostRequirement.PowerShell, HostRequirement.Module]);
        var said = await supervisor.StandardOutput.ReadLineAsync(cancellation);
        if (said is null || !said.StartsWith("READY ", StringComparison.Ordinal))
        {
            throw new InvalidOperationException($"{said} {await supervisor.StandardError.ReadToEndAsync(cancellation)}");
        }

        var outside = Children(supervisor.Id).Single();
        return new RealHost(
            supervisor, outside, Leader(outside) ?? throw new InvalidOperationException("the host's first process was not found"));
    }

    /// <summary>Runs a shell line on the host, as Run Command does for root: a unit of its own, no HOME, in /, no terminal.</summary>
    public Task<Command> RunAsync(string account, string line, CancellationToken cancellation) =>
        Command.RunAsync("nsenter", [.. Entry(account, "/usr/bin/env", "-u", "HOME", "/bin/sh", "-c", line)], Limit, cancellation);

    /// <summary>Runs a PowerShell line in the session of an account, which has the module loaded.</summary>
    public async Task<ShellAnswer> PowerShellAsync(
        string account, string script, CancellationToken cancellation, string locale = "C.UTF-8")
    {
        var session = $"{account} {locale}";
        if (!_shells.TryGetValue(session, out var shell))
        {
            var home = account == "root" ? "/root" : $"/home/{account}";
            _shells[session] = shell = await HostShell.StartAsync(
                Command.Start("nsenter", Entry(
                    account, "/usr/bin/env", $"HOME={home}", $"USER={account}", $"LANG={locale}",
                    "PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
                    "DOTNET_ROOT=/opt/dotnet",
                    "POWERSHELL_TELEMETRY_OPTOUT=1", "POWERSHELL_UPDATECHECK=Off", "/bin/sh", "-c",
                    $"cd {home} && exec /opt/dotnet/dotnet /opt/pwsh/pwsh.dll -NoProfile -NoLogo "
                        + "-NonInteractive -File /opt/realhost/serve.ps1")), cancellation);
        }

        return await shell.RunAsync(script, cancellation);
    }

    /// <summary>
    /// What a client outside meets: it is openssl, and none of our code. "101 hello", "502", "refused", "timeout", "no TLS".
    /// </summary>
    public async Task<string> OutsideAsync(CancellationToken cancellation, string from = "203.0.113.9")
    {
        const string request = @"GET /ws HTTP/1.1\r\nHost: summit-api.codingeverest.com\r\nConnection: Upgrade\r\nUpgrade: "
            + @"websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: c3VtbWl0LW9wcy1wcm9iZQ==\r\nOrigin: "
            + @"https://summit-api.codingeverest.com\r\n\r\n";
        // it ends once the backend has greeted or nginx has refused: openssl itself would wait for the other side
        var line = $$"""
            answer=$(mktemp) && trap 'rm -f "$answer"' EXIT
            answered() { grep -a -q -e hello -e '^HTTP/1.1 [3-5]' "$answer"; }
            { printf '{{request}}'; for turn in $(seq 20); do ! answered || break; sleep 0.1; done; } |
                timeout 5 openssl s_client -quiet -no_ign_eof -bind {{from}}:0 -connect 10.20.0.5:443 \
                    -servername summit-api.codingeverest.com >"$answer" 2>&1
            cat "$answer"
            """;
        var said = (await Command.RunAsync(
            "nsenter", ["-t", $"{_outside}", "--net", "/bin/sh", "-c", line], TimeSpan.FromSeconds(10), cancellation)).Output;
        if (said.Contains("HTTP/1.1 101", StringComparison.Ordinal))
        {
            return said.Contains("hello", StringComparison.Ordinal) ? "101 hello" : "101 and nothing";
        }

        var status = said.IndexOf("HTTP/1.1 ", StringComparison.Ordinal);
        if (status >= 0) return said[(status + 9)..(status + 12)];
        return said.Contains("Connection refused", StringComparison.Ordinal)
            ? "refused"
            : said.Contains("CONNECTED", StringComparison.Ordinal) || said.Contains("SSL", StringComparison.Ordinal) ? "no TLS" : "timeout";
    }

    /// <summary>Asks from outside until it is as it must be, for as long as nginx may bench a peer.</summary>
    public async Task<string> OutsideUntilAsync(string wanted, TimeSpan wait, CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            var seen = await OutsideAsync(cancellation);
            if (seen == wanted || watch.Elapsed > wait) return seen;
            await Task.Delay(300, cancellation);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var shell in _shells.Values) await shell.DisposeAsync();
        _supervisor.StandardInput.Close();
        await _supervisor.WaitForExitAsync(CancellationToken.None);
        _supervisor.Dispose();
    }

    private IEnumerable<string> Entry(string account, params string[] command) =>
    [
        "-t", $"{_leader}", "-a", "/usr/bin/systemd-run", "--quiet", "--pipe", "--wait", "--collect",
        $"--uid={account}", "--working-directory=/", "--property=KillMode=process", "--", .. command,
    ];

    private static IEnumerable<int> Children(int process)
    {
        try
        {
            return [.. Directory.EnumerateDirectories($"/proc/{process}/task")
                .SelectMany(task => File.ReadAllText($"{task}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Select(id => int.Parse(id, CultureInfo.InvariantCulture))];
        }
        catch (IOException)
        {
            return [];
        }
    }

    /// <summary>All processes under one, as this machine numbers them.</summary>
    internal static IEnumerable<int> Descendants(int process) => Children(process).SelectMany(child => Descendants(child).Prepend(child));

    private static int? Leader(int process)
    {
        foreach (var child in Children(process))
        {
            if (File.ReadAllText($"/proc/{child}/comm").Trim() == "systemd") return child;
            if (Leader(child) is { } found) return found;
        }

        return null;
    }
}
