using System.Diagnostics;
using System.Globalization;
using Summit.Ops.Lab;
using Summit.Ops.Lab.Launcher;
using Summit.Ops.Tests.Engine;

namespace Summit.Ops.Benchmarks.Cold;

/// <summary>
/// What a user waits for: the first call of a cmdlet in a real pwsh that has just imported the module, and the calls after it.
/// </summary>
/// <remarks>
/// Each round is a process a row, in turn, so that what else the machine does hits all of them alike; the median of the rounds counts.
/// The lab's site is healthy, its nginx and its endpoint are on this host.
/// </remarks>
internal static class ColdStarts
{
    private const int WarmCalls = 5;
    private const string Empty = "an empty pwsh", Import = "Import-Module Summit.Ops";

    public static async Task<int> RunAsync(string[] args)
    {
        var rounds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 10;
        var manifest = args.Length > 1 ? Path.GetFullPath(args[1]) : BuiltModule.Manifest;
        await using var lab = await LabInstance.StartAsync(new LabOptions
        {
            Backend = LabBackendKind.InProcess,
            Progress = new Progress<string>(Console.Error.WriteLine),
        });
        foreach (var (name, value) in lab.Aws.Environment(lab.Region)) Environment.SetEnvironmentVariable(name, value);
        Environment.SetEnvironmentVariable("AWS_EC2_METADATA_DISABLED", "true");
        var siteFile = Path.Combine(Path.GetTempPath(), $"summit-bench-{Environment.ProcessId}.json");
        using (var session = EngineSession.Create())
        {
            session.SetVariable("site", lab.Site);
            await session.InvokeAsync($"$site | Export-SummitSite -Path '{siteFile}'", CancellationToken.None);
        }

        var rows = Rows(lab, manifest, siteFile);
        var pwsh = await PowerShellTool.ProvideAsync();
        var runs = rows.ToDictionary(row => row.Name, _ => new List<Run>());
        for (var round = 0; round <= rounds; round++)
        {
            foreach (var (name, script) in rows)
            {
                var run = await OneAsync(pwsh, script);
                if (round > 0) runs[name].Add(run); // the first round warms the page cache up
            }

            await Console.Error.WriteLineAsync($"round {round} of {rounds}");
        }

        File.Delete(siteFile);
        var empty = runs[Empty];
        Console.WriteLine($"{Environment.ProcessorCount} cores, medians of {rounds} rounds, pwsh {PowerShellTool.Version}");
        Console.WriteLine("| what | first call, ms | its CPU time, ms | later calls, ms | process over empty, ms | memory over it, MB |");
        Console.WriteLine("|---|---|---|---|---|---|");
        foreach (var (name, _) in rows)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {name} | {Median(runs[name], run => run.First):0} | {Median(runs[name], run => run.Cpu):0} | "
                    + $"{Median(runs[name], run => run.Later):0.0} | "
                    + $"{Median(runs[name], run => run.Process) - Median(empty, run => run.Process):0} | "
                    + $"{Median(runs[name], run => run.Memory) - Median(empty, run => run.Memory):0.0} |"));
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"The empty pwsh: {Median(empty, run => run.Process):0} ms, {Median(empty, run => run.Memory):0} MB."));
        return 0;
    }

    private static List<(string Name, string Script)> Rows(LabInstance lab, string manifest, string siteFile)
    {
        const string clock = "$clock = [Diagnostics.Stopwatch]";
        var import = $"Import-Module '{manifest}' -ErrorAction Stop";
        string Timed(string prepare, string command)
        {
            // asked for once before, so that Stopwatch itself is warm
            return $"$own = [Diagnostics.Process]::GetCurrentProcess(); $null = {clock}::StartNew().Elapsed; {prepare}; "
                + $"$own.Refresh(); $before = $own.TotalProcessorTime; {clock}::StartNew(); $null = {command}; "
                + "$first = $clock.Elapsed.TotalMilliseconds; $own.Refresh(); "
                + "$cpu = ($own.TotalProcessorTime - $before).TotalMilliseconds; "
                + $"$later = foreach ($i in 1..{WarmCalls}) "
                + $"{{ {clock}::StartNew(); $null = {command}; $clock.Elapsed.TotalMilliseconds }}; "
                + $"\"$first $cpu $(($later | Sort-Object)[{WarmCalls / 2}]) $((Get-Process -Id $PID).WorkingSet64)\"";
        }

        (string, string) OfSite(string name, string command) =>
            (name, Timed($"{import}; $site = Import-SummitSite '{siteFile}'", command));

        return
        [
            (Empty, Timed("$null = 1", "$PSVersionTable")),
            (Import, Timed("$null = 1", import)),
            ("Get-SummitCloseCode", Timed(import, "Get-SummitCloseCode 1006")),
            OfSite("Test-SummitWebSocket", "Test-SummitWebSocket -Site $site"),
            OfSite("Test-SummitCertificate", "Test-SummitCertificate -Site $site"),
            ("Get-SummitTarget", Timed(import, $"Get-SummitTarget -InstanceId {lab.InstanceId}")),
            OfSite("Invoke-SummitDiagnostic", "Invoke-SummitDiagnostic -Site $site"),
            OfSite("Invoke-SummitDiagnostic -InstanceId", $"Invoke-SummitDiagnostic -Site $site -InstanceId {lab.InstanceId}"),
        ];
    }

    private static async Task<Run> OneAsync(PowerShellTool pwsh, string script)
    {
        var started = Stopwatch.GetTimestamp();
        using var process = Process.Start(new ProcessStartInfo(
            PowerShellTool.DotNet, ["exec", pwsh.Assembly, "-NoProfile", "-NonInteractive", "-Command", script])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        })!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        var elapsed = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        return (await output).Trim().Split(' ') is [var first, var cpu, var later, var memory] && process.ExitCode == 0
            ? new Run(Number(first), Number(cpu), Number(later), elapsed, Number(memory) / 1e6)
            : throw new InvalidOperationException($"{script}\n{await output}\n{await error}");
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static double Median(List<Run> runs, Func<Run, double> of) => runs.Select(of).Order().ElementAt(runs.Count / 2);

    private sealed record Run(double First, double Cpu, double Later, double Process, double Memory);
}
