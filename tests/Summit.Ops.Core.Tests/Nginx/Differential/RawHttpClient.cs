using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace Summit.Ops.Core.Tests.Nginx.Differential;

internal sealed record RawResponse(int Status, IReadOnlyList<(string Name, string Value)> Headers, string Body)
{
    public string? Header(string name) =>
        Headers.FirstOrDefault(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;
}

/// <summary>Sends bytes as they are and keeps the connection for as long as the server does.</summary>
/// <param name="server">Where it listens.</param>
/// <param name="tlsName">The name in the TLS hello; null for plain HTTP. Any certificate will do.</param>
internal sealed class RawHttpClient(EndPoint server, string? tlsName = null) : IDisposable
{
    private readonly byte[] _buffer = new byte[256 * 1024];
    private Stream? _stream;
    private int _length;

    public RawHttpClient(int port)
        : this(new IPEndPoint(IPAddress.Loopback, port))
    {
    }

    public async Task<RawResponse> SendAsync(string request)
    {
        var bytes = Encoding.Latin1.GetBytes(request);
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                if (_stream is null)
                {
                    _stream = await OpenAsync();
                    _length = 0;
                }

                await _stream.WriteAsync(bytes);
                return await ReadAsync();
            }
            catch (Exception error) when (error is IOException or SocketException && attempt < 3)
            {
                Close();
            }
        }
    }

    public void Dispose() => Close();

    private async Task<Stream> OpenAsync()
    {
        var unix = server is UnixDomainSocketEndPoint;
        var socket = new Socket(server.AddressFamily, SocketType.Stream, unix ? ProtocolType.Unspecified : ProtocolType.Tcp);
        if (!unix) socket.NoDelay = true;
        await socket.ConnectAsync(server);
        var stream = new NetworkStream(socket, ownsSocket: true);
        if (tlsName is null) return stream;
        var tls = new SslStream(stream);
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = tlsName,
            RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null,
        });
        return tls;
    }

    private async Task<RawResponse> ReadAsync()
    {
        int head;
        while ((head = _buffer.AsSpan(0, _length).IndexOf("\r\n\r\n"u8)) < 0) await FillAsync();
        var lines = Encoding.Latin1.GetString(_buffer, 0, head).Split("\r\n");
        var headers = lines.Skip(1).Select(line => (
            line[..line.IndexOf(':', StringComparison.Ordinal)],
            line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim())).ToList();
        var response = new RawResponse(int.Parse(lines[0].AsSpan(9, 3), CultureInfo.InvariantCulture), headers, "");
        var size = response.Header("Content-Length") is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : 0;
        while (_length < head + 4 + size) await FillAsync();
        response = response with { Body = Encoding.Latin1.GetString(_buffer, head + 4, size) };
        _length -= head + 4 + size;
        _buffer.AsSpan(head + 4 + size, _length).CopyTo(_buffer);
        if (response.Header("Connection") == "close") Close();
        return response;
    }

    private async Task FillAsync()
    {
        var read = await _stream!.ReadAsync(_buffer.AsMemory(_length));
        if (read == 0) throw new EndOfStreamException();
        _length += read;
    }

    private void Close()
    {
        _stream?.Dispose();
        _stream = null;
    }
}
