using System.Net.Sockets;

namespace Summit.Ops.Probing;

/// <summary>
/// A recording of what a peer sent, read like the connection itself: at its end the peer is silent, gone, or has reset it. What
/// is written to it goes nowhere.
/// </summary>
internal sealed class RecordedStream(byte[] bytes, bool open, bool reset) : ForwardStream
{
    private int _position;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = Math.Min(buffer.Length, bytes.Length - _position);
        if (_position == bytes.Length)
        {
            if (reset) throw new IOException("The connection was reset.", new SocketException((int)SocketError.ConnectionReset));
            if (open) await Task.Delay(Timeout.Infinite, cancellationToken);
            return 0;
        }

        bytes.AsMemory(_position, count).CopyTo(buffer);
        _position += count;
        return count;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        ValueTask.CompletedTask;
}
