namespace Summit.Ops.Lab;

/// <summary>Someone took a port between its choice and its use; the start is tried again with others.</summary>
internal sealed class PortTakenException(int port, Exception? inner = null) : Exception($"Port {port} on 127.0.0.1 is taken.", inner)
{
    public int Port { get; } = port;
}
