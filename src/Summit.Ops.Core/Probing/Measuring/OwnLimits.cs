using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;

namespace Summit.Ops.Probing.Measuring;

/// <summary>What this machine can do at most, so that its own limits are not reported as the server's.</summary>
internal sealed class OwnLimits
{
    private const int Reserve = 64;

    private readonly long _began = Stopwatch.GetTimestamp();
    private readonly TimeSpan _cpu = Cpu();

    /// <summary>How many connections may be open at once; null where nothing says.</summary>
    public static int? Sockets()
    {
        // .NET raises the soft limit to the hard one when it starts
        if (!OperatingSystem.IsLinux()) return null;
        try
        {
            var line = File.ReadLines("/proc/self/limits")
                .FirstOrDefault(one => one.StartsWith("Max open files", StringComparison.Ordinal));
            var soft = line?["Max open files".Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
            if (!int.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out var files)) return null;
            return Math.Max(1, files - Directory.EnumerateFiles("/proc/self/fd").Count() - Reserve);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Whether a failure to connect is this machine's own: no more sockets, ports or memory.</summary>
    public static bool IsOwn(Exception? error)
    {
        for (; error is not null; error = error.InnerException)
        {
            if (error is SocketException { SocketErrorCode: SocketError.TooManyOpenSockets or SocketError.AddressNotAvailable
                or SocketError.NoBufferSpaceAvailable })
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>What stood in the way, in words.</summary>
    public IEnumerable<string> Describe(int asked, int notTried, TimeSpan latest)
    {
        if (notTried > 0)
        {
            yield return $"{notTried} of {asked} connections were beyond this machine's own sockets, ports or memory: "
                + "raise 'ulimit -n', or measure from several machines.";
        }

        var elapsed = Stopwatch.GetElapsedTime(_began);
        var busy = (Cpu() - _cpu) / elapsed / Environment.ProcessorCount;
        if (busy > 0.7)
        {
            yield return $"This process kept {busy:0%} of this machine's {Environment.ProcessorCount} cores busy: "
                + "the times include its own waiting.";
        }

        if (latest > TimeSpan.FromMilliseconds(50))
        {
            yield return $"Sending was up to {latest.TotalMilliseconds:0} ms late on this machine; the round trips include that.";
        }
    }

    private static TimeSpan Cpu()
    {
        using var process = Process.GetCurrentProcess();
        return process.TotalProcessorTime;
    }
}
