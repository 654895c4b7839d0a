using System.Net.Sockets;
using System.Text;
using Summit.Ops.Probing.Upgrading;
using Summit.Ops.Text;

namespace Summit.Ops.Probing.Connecting;

/// <summary>Connects to the proxy and asks it for a tunnel (RFC 9110, section 9.3.6).</summary>
internal static class ProxyTunnel
{
    public static async Task<ProbeConnection> OpenAsync(
        Dialler dialler, ProxyServer proxy, ProbeTrace trace, CancellationToken cancellation)
    {
        var plan = trace.Plan;
        Socket socket;
        try
        {
            socket = await dialler.ConnectAsync(proxy.Host, proxy.Port, trace, cancellation);
        }
        catch (LayerFailedException failure)
        {
            throw Failed(proxy, plan, $"it cannot be reached. {failure.Message}", failure);
        }
        catch (OperationCanceledException)
        {
            // it is the proxy that did not answer in time, not the server
            trace.Stage = SummitProbeStage.Proxy;
            throw;
        }

        trace.Stage = SummitProbeStage.Proxy;
        var began = trace.Time.GetTimestamp();
        var connection = new ProbeConnection(socket);
        try
        {
            var host = plan.DialHost.Contains(':', StringComparison.Ordinal) ? $"[{plan.DialHost}]" : plan.DialHost;
            var request = new StringBuilder($"CONNECT {host}:{plan.DialPort} HTTP/1.1\r\nHost: {host}:{plan.DialPort}\r\n");
            if (proxy.Authorization is not null) request.Append("Proxy-Authorization: ").Append(proxy.Authorization).Append("\r\n");
            await connection.WriteAsync(Encoding.UTF8.GetBytes(request.Append("\r\n").ToString()), cancellation);
            var answer = await ResponseReader.ReadAsync(connection, cancellation);
            trace.Proxy = trace.Since(began);
            if (answer.Status == 407)
            {
                throw Failed(
                    proxy,
                    plan,
                    $"it demands credentials it {(proxy.Authorization is null ? "did not get" : "does not accept")} (407).",
                    null);
            }

            if (answer.Status is < 200 or > 299)
            {
                throw Failed(proxy, plan, $"it answered {answer.Status} {answer.Reason} to CONNECT {host}:{plan.DialPort}: "
                    + "it does not allow the port, or does not reach the server itself.", null);
            }

            if (connection.BufferedLength > 0) throw Failed(proxy, plan, "it sent data of its own after it had opened the tunnel.", null);
            return connection;
        }
        catch (Exception error) when (error is IOException or BadResponseException)
        {
            await connection.DisposeAsync();
            throw Failed(proxy, plan, error is BadResponseException
                ? $"it does not answer as an HTTP proxy: {error.Message}."
                : "it closed the connection before it answered.", error);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private static LayerFailedException Failed(ProxyServer proxy, ProbePlan plan, string what, Exception? inner) =>
        new(
            SummitProbeStage.Proxy,
            SummitCause.ProxyFailed,
            $"The HTTP proxy {proxy.Host}:{proxy.Port} failed: {what} Nothing is known yet of the server itself.",
            $"Test-SummitWebSocket -Uri {PowerShellWord.Quote(plan.Shown)} -Proxy none",
            inner);
}
