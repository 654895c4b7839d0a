namespace Summit.Ops.Probing.Tls;

/// <summary>
/// Passes everything on and remembers the first bytes that were received: what answers a TLS greeting says what listens there.
/// </summary>
internal sealed class FirstBytesStream(Stream inner) : ForwardStream
{
    private const int Kept = 512;

    private byte[]? _first = new byte[Kept];
    private int _count;

    /// <summary>The first bytes received, at most 512.</summary>
    public ReadOnlySpan<byte> First => _first.AsSpan(0, _count);

    /// <summary>Forgets them, and from now on only passes on: once the handshake stands nobody asks.</summary>
    public void Forget() => (_first, _count) = (null, 0);

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        _first is null ? inner.ReadAsync(buffer, cancellationToken) : RememberAsync(buffer, cancellationToken);

    public override int Read(byte[] buffer, int offset, int count)
    {
        var read = inner.Read(buffer, offset, count);
        Remember(buffer.AsSpan(offset, read));
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        inner.WriteAsync(buffer, cancellationToken);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        inner.WriteAsync(buffer, offset, count, cancellationToken);

    public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);

    public override void Flush() => inner.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override async ValueTask DisposeAsync()
    {
        await inner.DisposeAsync();
        await base.DisposeAsync();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) inner.Dispose();
        base.Dispose(disposing);
    }

    private async ValueTask<int> RememberAsync(Memory<byte> buffer, CancellationToken cancellation)
    {
        var count = await inner.ReadAsync(buffer, cancellation);
        Remember(buffer.Span[..count]);
        return count;
    }

    private void Remember(ReadOnlySpan<byte> bytes)
    {
        var take = Math.Min(bytes.Length, Kept - _count);
        if (_first is null || take <= 0) return;
        bytes[..take].CopyTo(_first.AsSpan(_count));
        _count += take;
    }
}
