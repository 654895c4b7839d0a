using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Summit.Ops.Core.Tests.Nginx.Differential;

internal sealed record RawResponse(int Status, IReadOnlyList<(string Name, string Value)> Headers, string Body)
{
    public string? Header(string name) => Headers.FirstOrDefault(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;
}

/// <summary>Sends bytes as they are and keeps the connection for as long as the server does.</summary>
internal sealed class RawHttpClient(int port) : IDisposable
{
    private readonly byte[] _buffer = new byte[256 * 1024];
    private Socket? _socket;
    private int _length;

    public async Task<RawResponse> SendAsync(string request)
    {
        var bytes = Encoding.Latin1.GetBytes(request);
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                if (_socket is null)
                {
                    _socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                    await _socket.ConnectAsync(IPAddress.Loopback, port);
                    _length = 0;
                }

                await _socket.SendAsync(bytes);
                return await ReadAsync();
            }
            catch (Exception error) when (error is SocketException or EndOfStreamException && attempt < 3)
            {
                Close();
            }
        }
    }

    public void Dispose() => Close();

    private async Task<RawResponse> ReadAsync()
    {
        int head;
        while ((head = _buffer.AsSpan(0, _length).IndexOf("\r\n\r\n"u8)) < 0) await FillAsync();
        var lines = Encoding.Latin1.GetString(_buffer, 0, head).Split("\r\n");
        var headers = lines.Skip(1).Select(line => (line[..line.IndexOf(':', StringComparison.Ordinal)], line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim())).ToList();
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
        var read = await _socket!.ReceiveAsync(_buffer.AsMemory(_length));
        if (read == 0) throw new EndOfStreamException();
        _length += read;
    }

    private void Close()
    {
        _socket?.Dispose();
        _socket = null;
    }
}
