using System.Diagnostics;
using System.Globalization;
using Summit.Ops.Nginx;

namespace Summit.Ops.Benchmarks;

/// <summary>
/// One reading in a process of its own, as a cmdlet would do it: nothing is warm, and the peak of memory counts all of it.
/// </summary>
internal static class WholeProcess
{
    public static void Run(string path)
    {
        var bytes = File.ReadAllBytes(path);
        var before = Peak();
        var watch = Stopwatch.StartNew();
        var config = NginxConfigReader.FromBytes(path, bytes);
        var servers = config.Model.Servers.Count;
        watch.Stop();
        var cold = watch.Elapsed;
        watch.Restart();
        var route = NginxRouter.Resolve(config, new NginxRequest("site7.example.com", 443, Tls: true, "/app1/x"));
        watch.Stop();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{bytes.Length / 1e6:0.0} MB, {servers} servers: "
                + $"{cold.TotalMilliseconds:0} ms cold ({bytes.Length / 1e6 / cold.TotalSeconds:0} MB/s), "
                + $"first route {watch.Elapsed.TotalMilliseconds:0.0} ms ({route.Kind}), peak {Peak() / 1e6:0} MB, "
                + $"{(double)(Peak() - before) / bytes.Length:0.0} bytes for each byte of input above the {before / 1e6:0} "
                + $"MB with the file alone"));
    }

    /// <summary>The process's peak of resident memory in bytes.</summary>
    private static long Peak()
    {
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }
}
