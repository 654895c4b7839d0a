using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using Summit.Ops.Probing.Tls;

namespace Summit.Ops.Probing.Explaining;

/// <summary>
/// A port that hung up without a word is asked once more in the other tongue: TLS after plain HTTP, plain HTTP after TLS.
/// </summary>
/// <remarks>
/// Many servers close at once when they are spoken to wrongly. The second connection proves it instead of guessing; it carries no token.
/// </remarks>
internal static class SecondLook
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    /// <summary>Whether the port answers a TLS greeting with TLS.</summary>
    public static Task<bool> SpeaksTlsAsync(ProbeTrace trace, ProbeBudget budget) => AskAsync(trace, budget, async (stream, cancellation) =>
    {
        var recorder = new FirstBytesStream(stream);
        await using var tls = new SslStream(recorder);
        try
        {
#pragma warning disable CA5359 // only whether there is TLS matters here; nothing is sent over it
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = trace.Plan.Uri.AsciiHost,
                RemoteCertificateValidationCallback = (_, _, _, _) => true,
            }, cancellation);
#pragma warning restore CA5359
            return true;
        }
        catch (AuthenticationException)
        {
            return recorder.First.Length > 0 && TlsAnswer.Read(recorder.First).IsTls;
        }
    });

    /// <summary>Whether the port answers a plain request with HTTP.</summary>
    public static Task<bool> SpeaksHttpAsync(ProbeTrace trace, ProbeBudget budget) =>
        AskAsync(trace, budget, async (stream, cancellation) =>
        {
            await stream.WriteAsync(
                Encoding.ASCII.GetBytes($"GET / HTTP/1.1\r\nHost: {trace.Plan.Uri.HostHeader}\r\nConnection: close\r\n\r\n"), cancellation);
            var first = new byte[1024];
            var count = await stream.ReadAtLeastAsync(first, first.Length, throwOnEndOfStream: false, cancellation);
            var said = Encoding.Latin1.GetString(first, 0, count);
            // a port that speaks TLS says so in plain HTTP, and then it is not plain HTTP that is wrong with it
            return said.StartsWith("HTTP/", StringComparison.Ordinal) && !said.Contains("to HTTPS port", StringComparison.OrdinalIgnoreCase)
                && !said.Contains("to an HTTPS server", StringComparison.OrdinalIgnoreCase);
        });

    private static async Task<bool> AskAsync(ProbeTrace trace, ProbeBudget budget, Func<Stream, CancellationToken, Task<bool>> ask)
    {
        // through a proxy it would take a second tunnel: not worth it
        if (trace.Plan.Proxy is not null || trace.Address.Length == 0) return false;
        using var enough = ProbeBudget.Part(Longest, budget.Token);
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(System.Net.IPAddress.Parse(trace.Address), trace.RemotePort, enough.Token);
            return await ask(client.GetStream(), enough.Token);
        }
        catch (Exception error) when (error is IOException or SocketException
            || (error is OperationCanceledException && !budget.Caller.IsCancellationRequested))
        {
            return false;
        }
    }
}
