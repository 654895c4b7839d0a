namespace Summit.Ops.Probing.Frames;

/// <summary>The opcodes of RFC 6455, section 5.2.</summary>
internal enum Opcode
{
    Continuation = 0x0,
    Text = 0x1,
    Binary = 0x2,
    Close = 0x8,
    Ping = 0x9,
    Pong = 0xA,
}

/// <summary>The fixed part of a frame.</summary>
internal readonly record struct FrameHeader(bool Fin, Opcode Opcode, long Length)
{
    public bool IsControl => ((int)Opcode & 0x8) != 0;
}

/// <summary>The peer breaks RFC 6455.</summary>
/// <param name="closeCode">The code that answers it: 1002, 1007 or 1009.</param>
/// <param name="message">In words, with the section.</param>
internal sealed class FrameViolationException(int closeCode, string message) : Exception(message)
{
    public int CloseCode { get; } = closeCode;
}

/// <summary>What the server sent: a message, a control frame, or the end.</summary>
internal abstract record WebSocketEvent;

/// <summary>A whole message; <paramref name="Text"/> is its head where it is longer than what is kept.</summary>
internal sealed record MessageEvent(string Text, bool Binary, long Length) : WebSocketEvent;

/// <summary>A ping, to be answered with the same payload.</summary>
internal sealed record PingEvent(byte[] Payload) : WebSocketEvent;

/// <summary>A pong.</summary>
internal sealed record PongEvent(byte[] Payload) : WebSocketEvent;

/// <summary>A Close frame; <paramref name="Code"/> is 1005 where it has none.</summary>
internal sealed record CloseEvent(int Code, string Reason) : WebSocketEvent;

/// <summary>The stream ended without a Close frame.</summary>
internal sealed record EndEvent(StreamEnd How) : WebSocketEvent;

/// <summary>How a stream ended.</summary>
internal enum StreamEnd
{
    /// <summary>The peer closed its side in good order (FIN, or TLS close_notify).</summary>
    Closed,

    /// <summary>The connection was reset.</summary>
    Reset,

    /// <summary>It ended in the middle of a frame.</summary>
    Cut,
}
