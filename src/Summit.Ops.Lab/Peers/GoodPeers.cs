namespace Summit.Ops.Lab.Peers;

/// <summary>The peers that do what they should: what most tests need on the other side.</summary>
public static class GoodPeers
{
    /// <summary>Opens the WebSocket, and then echoes messages and answers pings and the Close.</summary>
    public static PeerBehaviour Serve { get; } = async (connection, stop) =>
    {
        await connection.OpenAsync(stop);
        await connection.ServeAsync(stop);
    };

    /// <summary>Takes the connection, reads, and never says a word.</summary>
    public static PeerBehaviour Silent { get; } = (connection, stop) => connection.DrainAsync(stop);

    /// <summary>As <see cref="Serve"/>, with a first message.</summary>
    /// <param name="text">The message.</param>
    public static PeerBehaviour Greet(string text = "hello") => async (connection, stop) =>
    {
        await connection.OpenAsync(stop);
        await connection.SendAsync(PeerConnection.Text(text), stop);
        await connection.ServeAsync(stop);
    };
}
