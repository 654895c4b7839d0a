using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.RegularExpressions;

namespace Summit.Ops.Lab.Tests;

/// <summary>What came back for a handshake request.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Head">The response head.</param>
/// <param name="Rest">What followed: frames after a 101, else the body.</param>
/// <param name="Certificate">The certificate that was served; null without TLS.</param>
internal sealed record RawAnswer(int Status, string Head, byte[] Rest, X509Certificate2 Certificate)
{
    /// <summary>The first frame's opcode; 1 is text, 8 is Close.</summary>
    public int Opcode => Rest.Length == 0 ? -1 : Rest[0] & 0x0F;

    /// <summary>The first frame's payload as text.</summary>
    public string Text => Encoding.UTF8.GetString(Rest.AsSpan(2));

    /// <summary>The close code of a Close frame.</summary>
    public int CloseCode => (Rest[2] << 8) | Rest[3];
}

/// <summary>Sockets and TLS, nothing else: proves what is there without any of the module's own code.</summary>
internal static class RawClient
{
    private const string Handshake =
        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n";

    /// <summary>The handshake as a browser makes it from a page of the site.</summary>
    public static Task<RawAnswer> UpgradeAsync(LabInstance lab, string target = "/ws", bool trustAll = false) =>
        SendAsync(lab, target, $"{Handshake}Origin: https://{lab.ServerName}:{lab.Port}\r\n", trustAll);

    public static Task<RawAnswer> GetAsync(LabInstance lab, string target) =>
        SendAsync(lab, target, "Connection: close\r\n", trustAll: false);

    /// <summary>The handshake without nginx, straight to the backend.</summary>
    public static async Task<RawAnswer> BackendAsync(LabInstance lab, string target = "/ws", bool upgrade = true)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, lab.BackendPort);
        return await ExchangeAsync(client.GetStream(), lab, target, upgrade ? Handshake : "Connection: close\r\n", null!);
    }

    /// <summary>
    /// Upgrades straight at the backend, sends these frames (opcode and payload) and returns the opcodes and payloads
    /// of the first frames that come.
    /// </summary>
    public static async Task<IReadOnlyList<(int Opcode, string Payload)>> TalkAsync(
        LabInstance lab, int wanted, params (int Opcode, string Payload)[] frames)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, lab.BackendPort);
        var stream = client.GetStream();
        var first = await ExchangeAsync(stream, lab, "/ws", Handshake, null!);
        foreach (var (opcode, payload) in frames)
        {
            // a mask of zeroes leaves the payload as it is
            await stream.WriteAsync(
                (byte[])[(byte)(0x80 | opcode), (byte)(0x80 | payload.Length), 0, 0, 0, 0, .. Encoding.Latin1.GetBytes(payload)]);
        }

        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        var bytes = new List<byte>(first.Rest);
        var got = new List<(int, string)>();
        var buffer = new byte[4096];
        while (got.Count < wanted)
        {
            if (bytes.Count >= 2 && bytes.Count >= 2 + bytes[1])
            {
                got.Add((bytes[0] & 0x0F, Encoding.Latin1.GetString([.. bytes.GetRange(2, bytes[1])])));
                bytes.RemoveRange(0, 2 + bytes[1]);
                continue;
            }

            var count = await stream.ReadAsync(buffer, limit.Token);
            if (count == 0) break;
            bytes.AddRange(buffer.AsSpan(0, count));
        }

        return got;
    }

    private static async Task<RawAnswer> SendAsync(LabInstance lab, string target, string headers, bool trustAll)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, lab.Port, limit.Token);
        using var authority = X509Certificate2.CreateFromPem(await File.ReadAllTextAsync(lab.CaPath));
        using var tls = new SslStream(client.GetStream());
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(authority);
#pragma warning disable CA5359 // a test that looks behind a certificate that is broken on purpose
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = lab.ServerName,
            CertificateChainPolicy = policy,
            RemoteCertificateValidationCallback = trustAll ? (_, _, _, _) => true : null,
        }, limit.Token);
#pragma warning restore CA5359
        var served = X509CertificateLoader.LoadCertificate(tls.RemoteCertificate!.GetRawCertData());
        return await ExchangeAsync(tls, lab, target, headers, served);
    }

    private static async Task<RawAnswer> ExchangeAsync(
        Stream stream, LabInstance lab, string target, string headers, X509Certificate2 served)
    {
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET {target} HTTP/1.1\r\nHost: {lab.ServerName}:{lab.Port}\r\n{headers}\r\n"));
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        var got = new List<byte>();
        var buffer = new byte[4096];
        while (true)
        {
            var count = await stream.ReadAsync(buffer, limit.Token);
            got.AddRange(buffer.AsSpan(0, count));
            var end = Encoding.Latin1.GetString([.. got]).IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (end < 0 && count > 0) continue;
            if (end < 0) throw new IOException("The connection ended before the response head did.");
            var head = Encoding.Latin1.GetString([.. got[..end]]);
            var rest = got[(end + 4)..];
            var status = int.Parse(head.Split(' ')[1]);
            // one whole frame after a 101, the whole body otherwise; or the end
            var length = Regex.Match(head, @"(?im)^Content-Length: (\d+)");
            var whole = status == 101
                ? (rest.Count < 2 ? 2 : 2 + (rest[1] & 0x7F))
                : length.Success ? int.Parse(length.Groups[1].Value) : int.MaxValue;
            if (count > 0 && rest.Count < whole) continue;
            return new(status, head, [.. rest], served);
        }
    }
}
