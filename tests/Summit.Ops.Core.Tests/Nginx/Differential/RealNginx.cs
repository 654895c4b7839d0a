using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Summit.Ops.Lab;

namespace Summit.Ops.Core.Tests.Nginx.Differential;

/// <summary>An nginx process of a test's own, in a folder of its own, on loopback.</summary>
internal sealed class RealNginx : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _errors = new();

    private RealNginx(Process process, string folder)
    {
        _process = process;
        Folder = folder;
    }

    public string Folder { get; }

    /// <summary>What every configuration begins with: everything that nginx writes goes into its folder.</summary>
    public static string Head(string folder) =>
        $"daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/error.log;\nevents {{ worker_connections 256; }}\n";

    /// <summary>The first lines of http: no writes outside the folder, and connections that live long.</summary>
    public static string HttpHead(string folder) =>
        $"access_log off; client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f; "
        + $"uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;\n" +
        $"root {folder}/empty; keepalive_requests 1000000; keepalive_timeout 60s; server_names_hash_bucket_size 128; "
        + "variables_hash_bucket_size 128; map_hash_bucket_size 128; proxy_headers_hash_bucket_size 128;\n";

    public static async Task<RealNginx> StartAsync(string folder, int port)
    {
        var nginx = await NginxBinary.ProvideAsync();
        var start = new ProcessStartInfo(
            nginx.CommandPath, ["-p", folder, "-c", Path.Combine(folder, "nginx.conf"), "-e", Path.Combine(folder, "error.log")])
        {
            RedirectStandardError = true, RedirectStandardOutput = true, UseShellExecute = false,
        };
        var process = Process.Start(start)!;
        var running = new RealNginx(process, folder);
        process.ErrorDataReceived += (_, line) => running._errors.AppendLine(line.Data);
        process.BeginErrorReadLine();
        for (var attempt = 0; attempt < 500; attempt++)
        {
            if (process.HasExited) break;
            try
            {
                using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(IPAddress.Loopback, port);
                return running;
            }
            catch (SocketException)
            {
                await Task.Delay(10);
            }
        }

        var said = running._errors
            + (File.Exists(Path.Combine(folder, "error.log")) ? File.ReadAllText(Path.Combine(folder, "error.log")) : "");
        await running.DisposeAsync();
        throw new InvalidOperationException($"nginx did not start: {said}\n{File.ReadAllText(Path.Combine(folder, "nginx.conf"))}");
    }

    /// <summary>Two ports that were free a moment ago.</summary>
    public static int[] FreePorts(int count)
    {
        var sockets = Enumerable.Range(0, count).Select(_ =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            return socket;
        }).ToList();
        var ports = sockets.Select(socket => ((IPEndPoint)socket.LocalEndPoint!).Port).ToArray();
        sockets.ForEach(socket => socket.Dispose());
        return ports;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
