using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text.Json;
using Summit.Ops.Lab.Peers;
using Summit.Ops.Lab.Processes;

namespace Summit.Ops.Lab;

/// <summary>The node backend under a pm2 daemon of the instance's own.</summary>
internal sealed class Pm2Backend : LabBackend
{
    private const string ProcessName = "summit";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2); // pm2 is slow on a busy machine
    private readonly NodePackages _packages;
    private readonly string _script;
    private Peer? _replacement;
    private IPAddress _address = IPAddress.Loopback;

    public Pm2Backend(int port, string folder, string home, NodePackages packages)
        : base(port, folder)
    {
        _packages = packages;
        Pm2Home = home;
        WriteState();
        Directory.CreateDirectory(home);
        _script = Path.Combine(folder, "server.js");
        File.WriteAllText(_script, LabResources.Text("server.js"));
    }

    public override LabBackendKind Kind => LabBackendKind.Pm2;

    public override string Pm2Home { get; }

    public override string LogPath => Path.Combine(Pm2Home, "logs", $"{ProcessName}-out.log");

    public override int ProcessId => ProcessTable.ReadPidFile(Path.Combine(Pm2Home, "pids", $"{ProcessName}-0.pid"));

    private int DaemonId => ProcessTable.ReadPidFile(Path.Combine(Pm2Home, "pm2.pid"));

    public override async Task StartAsync(CancellationToken cancellation = default)
    {
        var started = DaemonId == 0
            ? await Pm2Async(["start", await DescribedAsync(cancellation)], cancellation)
            : await Pm2Async(["restart", ProcessName], cancellation);
        if (started.ExitCode != 0) throw new InvalidOperationException($"pm2 could not start the backend: {started.LastLine}");
        var since = TimeProvider.System.GetTimestamp();
        while (!await ListensAsync(cancellation))
        {
            var error = Path.Combine(Pm2Home, "logs", $"{ProcessName}-error.log");
            if (File.Exists(error) && (await File.ReadAllTextAsync(error, cancellation)).Contains("EADDRINUSE", StringComparison.Ordinal))
            {
                throw new PortTakenException(Port);
            }

            if (TimeProvider.System.GetElapsedTime(since) > Patience)
            {
                throw new TimeoutException(
                    $"The backend under pm2 does not listen on port {Port} after {Patience.TotalSeconds:0} s; its log is {LogPath}.");
            }

            await Task.Delay(20, cancellation);
        }
    }

    public override async Task StopAsync(CancellationToken cancellation = default)
    {
        var stopped = await Pm2Async(["stop", ProcessName], cancellation);
        if (stopped.ExitCode != 0) throw new InvalidOperationException($"pm2 could not stop the backend: {stopped.LastLine}");
        await SilenceAsync(cancellation);
    }

    public override async Task DeafenAsync(CancellationToken cancellation = default)
    {
        ProcessTable.Send(ProcessId, Signal.User2);
        await SilenceAsync(cancellation);
    }

    internal override async Task ReplaceAsync(
        PeerBehaviour behaviour, SslServerAuthenticationOptions? tls = null, IPAddress? address = null,
        CancellationToken cancellation = default)
    {
        // the process that pm2 starts listens, and passes every byte on to the application in this process
        _replacement = Peer.Start(behaviour, tls);
        _address = address ?? IPAddress.Loopback;
        var relay = JsonSerializer.Serialize(new { address = _address.ToString(), target = _replacement.Port });
        await File.WriteAllTextAsync(Path.Combine(Folder, "relay.json"), relay, cancellation);
        await StartAsync(cancellation);
    }

    public override async Task RemoveAsync(CancellationToken cancellation = default)
    {
        var removed = await Pm2Async(["delete", ProcessName], cancellation);
        if (removed.ExitCode != 0) throw new InvalidOperationException($"pm2 could not remove the backend: {removed.LastLine}");
        await SilenceAsync(cancellation);
    }

    public override async Task CrashAsync(CancellationToken cancellation = default)
    {
        await File.WriteAllTextAsync(_script, "throw new Error('Cannot find module \\'./routes\\'');\n", cancellation);
        await Pm2Async(["restart", ProcessName], cancellation);
        var since = TimeProvider.System.GetTimestamp();
        while (!(await Pm2Async(["jlist"], cancellation)).Output.Contains("\"status\":\"errored\"", StringComparison.Ordinal))
        {
            if (TimeProvider.System.GetElapsedTime(since) > Patience)
            {
                throw new TimeoutException("pm2 goes on starting a program that ends at once.");
            }

            await Task.Delay(100, cancellation);
        }
    }

    public override async ValueTask DisposeAsync()
    {
        // the daemon first, or it would start the backend again; at once, for nothing of it is kept
        var (daemon, process) = (DaemonId, ProcessId);
        if (daemon != 0 && ProcessTable.CommandLine(daemon).Contains(Pm2Home, StringComparison.Ordinal))
        {
            ProcessTable.Send(daemon, Signal.Kill);
            await ProcessTable.WaitForEndAsync(daemon, TimeSpan.FromSeconds(2));
            if (process != 0) ProcessTable.Send(process, Signal.Kill);
        }

        if (_replacement is not null) await _replacement.DisposeAsync();
        foreach (var left in ProcessTable.OfFolder(Pm2Home)) await ProcessTable.EndAsync(left, TimeSpan.FromSeconds(1));
    }

    /// <summary>
    /// The application as pm2 reads it from a file: there alone it can be told that a start that fails late has failed
    /// too, as it does on a busy machine.
    /// </summary>
    private async Task<string> DescribedAsync(CancellationToken cancellation)
    {
        var path = Path.Combine(Folder, "ecosystem.json");
        var application = new { name = ProcessName, script = _script, cwd = Folder, min_uptime = 600_000 };
        await File.WriteAllTextAsync(path, JsonSerializer.Serialize(new { apps = new[] { application } }), cancellation);
        return path;
    }

    private async Task SilenceAsync(CancellationToken cancellation)
    {
        while (await ListensAsync(cancellation)) await Task.Delay(20, cancellation);
    }

    private async Task<bool> ListensAsync(CancellationToken cancellation)
    {
        using var socket = new Socket(_address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(_address, Port, cancellation);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private Task<CommandResult> Pm2Async(string[] arguments, CancellationToken cancellation) =>
        ChildCommand.RunAsync(_packages.Pm2, [.. arguments, "--silent"], Patience, cancellation, Folder, CleanEnvironment());

    // pm2 keeps the whole environment of whoever starts it and shows it to whoever asks: it gets none of the user's
    private Dictionary<string, string> CleanEnvironment() => new(StringComparer.Ordinal)
    {
        ["PATH"] = Environment.GetEnvironmentVariable("PATH") ?? "/usr/bin:/bin",
        ["HOME"] = Folder,
        ["LANG"] = "C.UTF-8",
        ["PM2_HOME"] = Pm2Home,
        ["NODE_PATH"] = _packages.Modules,
        ["PORT"] = Port.ToString(),
        ["STATE"] = Folder,
    };
}
