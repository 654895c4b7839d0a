using System.Buffers;
using System.Net.Sockets;

namespace Summit.Ops.Probing;

/// <summary>The byte stream to the server with one small buffer, shared by the HTTP reader and the frame reader.</summary>
/// <remarks>Sharing it is what keeps the first bytes of a frame that arrive in the same packet as the 101.</remarks>
internal sealed class ProbeConnection : IAsyncDisposable
{
    private const int BufferSize = 4096;

    private byte[]? _buffer;
    private int _start;
    private int _end;

    public ProbeConnection(Socket socket) => (Socket, Stream) = (socket, new NetworkStream(socket, ownsSocket: true));

    /// <summary>Over a recording, which has no socket.</summary>
    public ProbeConnection(Stream recording) => Stream = recording;

    public Socket? Socket { get; }

    /// <summary>The socket's stream, or the TLS stream over it.</summary>
    public Stream Stream { get; set; }

    /// <summary>What was received and not yet consumed.</summary>
    public ReadOnlySpan<byte> Buffered => _buffer.AsSpan(_start, _end - _start);

    public int BufferedLength => _end - _start;

    /// <summary>All that was received so far on this stream.</summary>
    public long Received { get; private set; }

    public void Consume(int count)
    {
        _start += count;
        if (_start == _end && _buffer is not null) Release();
    }

    /// <summary>Receives more behind what is buffered.</summary>
    /// <returns>False at the end of the stream.</returns>
    public async ValueTask<bool> FillAsync(CancellationToken cancellation)
    {
        // an idle connection waits without a buffer: thousands of them are held at once
        if (_buffer is null) _ = await Stream.ReadAsync(Memory<byte>.Empty, cancellation);
        _buffer ??= ArrayPool<byte>.Shared.Rent(BufferSize);
        if (_start > 0)
        {
            Buffered.CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        if (_end == _buffer.Length) throw new InvalidOperationException("The reader leaves more unread than the buffer holds.");
        var count = await Stream.ReadAsync(_buffer.AsMemory(_end), cancellation);
        _end += count;
        Received += count;
        if (count == 0 && _start == _end) Release();
        return count > 0;
    }

    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation) => Stream.WriteAsync(bytes, cancellation);

    public async ValueTask DisposeAsync()
    {
        if (_buffer is not null) Release();
        await Stream.DisposeAsync();
        Socket?.Dispose();
    }

    private void Release()
    {
        ArrayPool<byte>.Shared.Return(_buffer!);
        (_buffer, _start, _end) = (null, 0, 0);
    }
}
