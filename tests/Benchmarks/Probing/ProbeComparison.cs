using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Summit.Ops.Lab;
using Summit.Ops.Lab.Peers;

namespace Summit.Ops.Benchmarks.Probing;

/// <summary>
/// Compares whole processes that open the same WebSockets through the same nginx with TLS: the probe, a plain .NET loop, node's ws.
/// </summary>
/// <remarks>The clients take turns, so that what else the machine does hits all of them alike; the median of the rounds counts.</remarks>
internal static class ProbeComparison
{
    private static readonly string[] Clients = ["probe", "plain", "plain-full", "node"];

    public static async Task<int> RunAsync(string[] args)
    {
        var count = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 1000;
        var concurrency = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 50;
        var rounds = args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : 5;

        // a greeter as cheap as can be: the backend is not what is measured
        await using var backend = Peer.Start(GoodPeers.Greet("connected"));
        await using var lab = await LabInstance.StartAsync(
            new LabOptions { Backend = LabBackendKind.InProcess, Progress = new Progress<string>(Console.Error.WriteLine) });
        lab.WriteSite(lab.Config.Site(lab.Config.WebSocketLocation(backend.Port)));
        await lab.Nginx.ReloadAsync();
        var modules = (await NodePackages.ProvideAsync(LabSettings.FromEnvironment(), null, CancellationToken.None)).Modules;

        var runs = Clients.ToDictionary(client => client, _ => new List<Run>());
        for (var round = 0; round <= rounds; round++)
        {
            foreach (var client in Clients.Skip(round % Clients.Length).Concat(Clients.Take(round % Clients.Length)))
            {
                var run = await OneAsync(client, lab, modules, count, concurrency);
                if (round > 0) runs[client].Add(run); // the first round warms the page cache up
            }
        }

        Console.WriteLine($"{count} WebSockets, {concurrency} at once, wss:// through {lab.NginxBinary.Version}, "
            + $"{Environment.ProcessorCount} cores, median of {rounds} rounds");
        Console.WriteLine("| client | loop, ms | whole process, ms | its CPU time, ms | nginx's, ms | the backend's, "
            + "ms | loop against plain | loop against node |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|");
        var (plain, node) = (Median(runs["plain"], run => run.Loop), Median(runs["node"], run => run.Loop));
        foreach (var client in Clients)
        {
            var loop = Median(runs[client], run => run.Loop);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {client} | {loop:0} | {Median(runs[client], run => run.Process):0} | {Median(runs[client], run => run.Cpu):0} | "
                    + $"{Median(runs[client], run => run.Nginx):0} | {Median(runs[client], run => run.Backend):0} | {loop / plain:0.00} | "
                    + $"{loop / node:0.00} |"));
        }

        return 0;
    }

    private static async Task<Run> OneAsync(string client, LabInstance lab, string modules, int count, int concurrency)
    {
        var own = client != "node";
        var start = new ProcessStartInfo(
            own ? Environment.ProcessPath! : "node") { RedirectStandardOutput = true, UseShellExecute = false };
        foreach (var argument in own
            ? new[] { "probes-client", client }
            : [Path.Combine(AppContext.BaseDirectory, "Probing/node/client.js")])
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var argument in new[] { lab.Uri, lab.CaPath, $"{count}", $"{concurrency}" }) start.ArgumentList.Add(argument);
        start.Environment["NODE_PATH"] = modules;
        var (nginx, backend) = (Cpu(lab.Nginx.Workers), Environment.CpuUsage.TotalTime);
        var watch = Stopwatch.StartNew();
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        var elapsed = watch.Elapsed;
        var said = JsonDocument.Parse(output).RootElement;
        var good = said.GetProperty("good").GetInt32();
        return good == count
            ? new Run(
                said.GetProperty("milliseconds").GetDouble(),
                elapsed.TotalMilliseconds,
                said.GetProperty("cpu").GetDouble(),
                (Cpu(lab.Nginx.Workers) - nginx).TotalMilliseconds,
                (Environment.CpuUsage.TotalTime - backend).TotalMilliseconds)
            : throw new InvalidOperationException($"{client}: only {good} of {count} opened.");
    }

    private static TimeSpan Cpu(IReadOnlyList<int> processes)
    {
        var total = TimeSpan.Zero;
        foreach (var id in processes)
        {
            using var process = Process.GetProcessById(id);
            total += process.TotalProcessorTime;
        }

        return total;
    }

    private static double Median<T>(IEnumerable<T> runs, Func<T, double> value)
    {
        var sorted = runs.Select(value).Order().ToList();
        return sorted[sorted.Count / 2];
    }

    // all in ms; the last two are what the servers used meanwhile
    private sealed record Run(double Loop, double Process, double Cpu, double Nginx, double Backend);
}
