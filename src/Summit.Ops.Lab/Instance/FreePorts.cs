using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Summit.Ops.Lab;

/// <summary>Chooses ports that nothing listens on now.</summary>
internal static class FreePorts
{
    // below the range that the system gives to outgoing connections, so that none of those sits on a port between its choice and its use
    private const int First = 20000;
    private const int Last = 32000;

    /// <summary>So many different free ports of 127.0.0.1.</summary>
    public static int[] Choose(int count)
    {
        var chosen = new HashSet<int>();
        while (chosen.Count < count)
        {
            var port = RandomNumberGenerator.GetInt32(First, Last);
            if (!chosen.Contains(port) && IsFree(port)) chosen.Add(port);
        }

        return [.. chosen];
    }

    private static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
