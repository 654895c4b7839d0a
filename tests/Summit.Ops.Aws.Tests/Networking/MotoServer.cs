using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Summit.Ops.Aws.Tests.Networking;

/// <summary>moto's server, another hand's EC2: what holds against it holds against more than our own lab.</summary>
internal sealed class MotoServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly Process _process;

    private MotoServer(Process process, int port) => (_process, Url) = (process, $"http://127.0.0.1:{port}");

    public string Url { get; }

    public IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["AWS_ENDPOINT_URL"] = Url, ["AWS_ACCESS_KEY_ID"] = "testing", ["AWS_SECRET_ACCESS_KEY"] = "testing",
        ["AWS_REGION"] = Account.Region, ["AWS_DEFAULT_REGION"] = Account.Region,
    };

    /// <summary>Starts one on a free port; skips the test where it is not installed.</summary>
    public static async Task<MotoServer> StartAsync()
    {
        var port = FreePort();
        var start = new ProcessStartInfo(
            "moto_server",
            ["-H", "127.0.0.1", "-p", $"{port}"]) { RedirectStandardError = true, RedirectStandardOutput = true, UseShellExecute = false };
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            Assert.Skip("moto_server is not installed here");
            throw;
        }

        var said = process.StandardError.ReadToEndAsync(Account.Stop);
        _ = process.StandardOutput.ReadToEndAsync(Account.Stop);
        var started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < Patience)
        {
            // a shim that is there without its package ends at once
            if (process.HasExited) Assert.Skip($"moto_server is not installed here: {await said}");
            try
            {
                using var socket = new TcpClient();
                await socket.ConnectAsync("127.0.0.1", port, Account.Stop);
                return new MotoServer(process, port);
            }
            catch (SocketException)
            {
                await Task.Delay(100, Account.Stop);
            }
        }

        process.Kill(entireProcessTree: true);
        throw new TimeoutException("moto_server does not listen after a minute.");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
    }
}
