using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Summit.Ops.Hosts.Ssh;

namespace Summit.Ops.Core.Tests.Hosts.Ssh;

/// <summary>
/// A real sshd on a free port of the loopback, with keys of its own, that lets this account in; and a key pair that it does not take.
/// </summary>
internal sealed class SshServer : IAsyncDisposable
{
    private readonly DirectoryInfo _folder;
    private Process? _process;

    private SshServer(DirectoryInfo folder) => _folder = folder;

    public int Port { get; private set; }

    /// <summary>This account at the server.</summary>
    public string HostName => $"{Environment.UserName}@127.0.0.1:{Port}";

    /// <summary>A file in the server's own folder.</summary>
    public string File(string name) => Path.Combine(_folder.FullName, name);

    /// <summary>Starts one.</summary>
    /// <param name="lines">Further lines of sshd_config.</param>
    /// <param name="key">What stands before the key in authorized_keys, with a blank behind it.</param>
    public static async Task<SshServer> StartAsync(string lines = "", string key = "")
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("sshd is not installed here");
        var sshd = Program("sshd");
        if (sshd is null) Assert.Skip("sshd is not installed here");
        if (Program("ssh") is null) Assert.Skip("ssh is not installed here");
        var server = new SshServer(Directory.CreateTempSubdirectory("summit-sshd-"));
        try
        {
            foreach (var name in new[] { "host", "client", "stranger" })
            {
                await RunAsync("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", server.File(name));
            }

            await System.IO.File.WriteAllTextAsync(
                server.File("authorized_keys"), key + await System.IO.File.ReadAllTextAsync(server.File("client.pub")));
            // sshd, where root starts it, wants the folder in which it has no rights
            if (Environment.UserName == "root") Directory.CreateDirectory("/run/sshd");
            for (var attempt = 0; attempt < 5; attempt++)
            {
                if (await server.ListenAsync(sshd, lines)) return server;
            }

            throw new InvalidOperationException($"sshd did not start: {await System.IO.File.ReadAllTextAsync(server.File("log"))}");
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>The options with which this server, and no other, is known, and its key is the only one.</summary>
    public string[] Options(string key = "client") =>
    [
        $"UserKnownHostsFile={File("known_hosts")}", "GlobalKnownHostsFile=/dev/null", "StrictHostKeyChecking=yes",
        $"IdentityFile={File(key)}", "IdentitiesOnly=yes", "IdentityAgent=none",
    ];

    /// <summary>The host behind it.</summary>
    public SshHost Host(params string[] options) =>
        new(SshHost.TargetOf(HostName, options.Length > 0 ? options : Options()), TimeProvider.System);

    /// <summary>Writes down the key of this server, or another in its place.</summary>
    public async Task KnowAsync(string key = "host")
    {
        var words = (await System.IO.File.ReadAllTextAsync(File($"{key}.pub"))).Split(' ');
        await System.IO.File.WriteAllTextAsync(File("known_hosts"), $"[127.0.0.1]:{Port} {words[0]} {words[1]}\n");
    }

    /// <summary>Ends the server and every connection to it; what runs behind them runs on, as where a network is lost.</summary>
    public async Task StopAsync()
    {
        if (_process is not { HasExited: false } process) return;
        foreach (var id in Servers(process.Id).ToList())
        {
            try
            {
                using var one = Process.GetProcessById(id);
                one.Kill();
            }
            catch (Exception gone) when (gone is ArgumentException or InvalidOperationException)
            {
                // it ended with another
            }
        }

        await process.WaitForExitAsync();
    }

    private static IEnumerable<int> Servers(int process)
    {
        try
        {
            if (!System.IO.File.ReadAllText($"/proc/{process}/comm").StartsWith("sshd", StringComparison.Ordinal)) return [];
            var children = System.IO.File.ReadAllText($"/proc/{process}/task/{process}/children")
                .Split(' ', StringSplitOptions.RemoveEmptyEntries);
            return children
                .SelectMany(child => Servers(int.Parse(child, System.Globalization.CultureInfo.InvariantCulture))).Append(process);
        }
        catch (IOException)
        {
            return [];
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _process?.Dispose();
        _folder.Delete(recursive: true);
    }

    private async Task<bool> ListenAsync(string sshd, string lines)
    {
        Port = FreePort();
        await System.IO.File.WriteAllTextAsync(File("log"), "");
        await System.IO.File.WriteAllTextAsync(
            File("config"),
            $"ListenAddress 127.0.0.1\nPort {Port}\nHostKey {File("host")}\nPidFile none\nAuthorizedKeysFile {File("authorized_keys")}\n"
                + "StrictModes no\nUsePAM no\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n"
                + $"PermitRootLogin prohibit-password\nPrintMotd no\n{lines}\n");
        _process = Process.Start(new ProcessStartInfo(
            "/bin/sh", ["-c", "exec \"$0\" -D -e -f \"$1\" >\"$2\" 2>&1 </dev/null", sshd, File("config"), File("log")]))!;
        for (var turn = 0; turn < 400 && !_process.HasExited; turn++)
        {
            if ((await System.IO.File.ReadAllTextAsync(File("log"))).Contains("Server listening", StringComparison.Ordinal)) break;
            await Task.Delay(25);
        }

        if (_process.HasExited) return false;
        await KnowAsync();
        return true;
    }

    private static string? Program(string name) =>
        new[] { "/usr/sbin", "/usr/bin", "/usr/local/sbin", "/usr/local/bin" }.Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(System.IO.File.Exists);

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, UseShellExecute = false })!;
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
    }
}
