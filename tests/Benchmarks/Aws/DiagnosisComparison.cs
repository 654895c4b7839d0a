using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Summit.Ops.Lab;
using Summit.Ops.Lab.Launcher;
using Summit.Ops.Tests.Engine;

namespace Summit.Ops.Benchmarks.Aws;

/// <summary>
/// Compares one diagnosis over Systems Manager with the guide's way, both against the same loopback endpoint: the AWS CLI sends a command,
/// waits and reads its answer, three times.
/// </summary>
/// <remarks>
/// Ours is taken warm, in a session that has diagnosed before, and cold, as a pwsh process that imports the module and ends. The AWS CLI is
/// always cold: each of its calls is a process. They take turns, so that what else the machine does hits both alike; the median of the
/// rounds counts.
/// </remarks>
internal static class DiagnosisComparison
{
    private const int Commands = 2;

    // the guide's three steps of looking: its quick diagnostic, the configuration, the backend
    private static readonly string[] Steps =
    [
        "pm2 list; ss -tlnp | grep -c :; nginx -v; echo diagnosed",
        "cat /etc/nginx/sites-available/summit-api; nginx -t; echo checked",
        "pm2 list; pm2 logs summit --lines 20 --nostream; echo verified",
    ];

    public static async Task<int> RunAsync(string[] args)
    {
        var rounds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 5;
        await using var lab = await LabInstance.StartAsync(new LabOptions
        {
            Scenario = ScenarioCatalogue.Default,
            Backend = LabBackendKind.InProcess,
            Progress = new Progress<string>(Console.Error.WriteLine),
        });
        foreach (var (name, value) in lab.Aws.Environment(lab.Region)) Environment.SetEnvironmentVariable(name, value);
        Environment.SetEnvironmentVariable("AWS_EC2_METADATA_DISABLED", "true");
        using var session = EngineSession.Create();
        session.SetVariable("site", lab.Site);

        var pwsh = await PowerShellTool.ProvideAsync();
        var siteFile = Path.Combine(Path.GetTempPath(), $"summit-bench-{Environment.ProcessId}.json");
        await session.InvokeAsync($"$site | Export-SummitSite -Path '{siteFile}'", CancellationToken.None);
        var (ours, cold, theirs) = (new List<double>(), new List<double>(), new List<double>());
        for (var round = 0; round <= rounds; round++)
        {
            var (mine, guide) = round % 2 == 0
                ? (await OursAsync(session, lab), await GuideAsync(lab))
                : Swap(await GuideAsync(lab), await OursAsync(session, lab));
            var whole = await ColdAsync(pwsh, siteFile, lab);
            if (round == 0) continue; // the first one loads the SDK here, and Python's files there
            ours.Add(mine);
            cold.Add(whole);
            theirs.Add(guide);
        }

        File.Delete(siteFile);
        var (our, process, their) = (Median(ours), Median(cold), Median(theirs));
        Console.WriteLine($"One instance, {Environment.ProcessorCount} cores, median of {rounds} rounds");
        Console.WriteLine("| way | commands | wall time, s | against the guide's way |");
        Console.WriteLine("|---|---|---|---|");
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| Invoke-SummitDiagnostic, with the network from EC2, in a session | {Commands} | {our:0.00} | "
                + $"{their / our:0.0} times less |"));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| the same in a pwsh of its own, with its start and the import | {Commands} | {process:0.00} | "
                + $"{their / process:0.0} times less |"));
        Console.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"| aws ssm send-command, wait, get-command-invocation | 3 | {their:0.00} | 1 |"));
        return 0;
    }

    private static (double Ours, double Guide) Swap(double guide, double ours) => (ours, guide);

    private static async Task<double> OursAsync(EngineSession session, LabInstance lab)
    {
        var sent = lab.Aws.Calls.Count(call => call.Action == "ssm:SendCommand");
        var started = Stopwatch.GetTimestamp();
        var result = await session.InvokeAsync($"Invoke-SummitDiagnostic -Site $site -InstanceId {lab.InstanceId}", CancellationToken.None);
        var elapsed = Stopwatch.GetElapsedTime(started).TotalSeconds;
        if (result.Output is not [{ BaseObject: SummitDiagnosis { RootCause: SummitCause.NginxConfigNotDeployed } }])
        {
            throw new InvalidOperationException($"Not diagnosed: {string.Join('\n', result.Errors)}");
        }

        // one that looks, and one that replays the handshake at what is broken
        if (lab.Aws.Calls.Count(call => call.Action == "ssm:SendCommand") - sent is var commands and not Commands)
        {
            throw new InvalidOperationException($"It took {commands} commands.");
        }

        return elapsed;
    }

    private static async Task<double> ColdAsync(PowerShellTool pwsh, string siteFile, LabInstance lab)
    {
        var started = Stopwatch.GetTimestamp();
        var said = await ProcessAsync(PowerShellTool.DotNet,
        [
            "exec", pwsh.Assembly, "-NoProfile", "-Command",
            $"Import-Module '{BuiltModule.Manifest}'; "
                + $"(Import-SummitSite '{siteFile}' | Invoke-SummitDiagnostic -InstanceId {lab.InstanceId}).RootCause",
        ]);
        var elapsed = Stopwatch.GetElapsedTime(started).TotalSeconds;
        return said.Trim() == nameof(SummitCause.NginxConfigNotDeployed)
            ? elapsed
            : throw new InvalidOperationException($"Not diagnosed: {said}");
    }

    private static async Task<double> GuideAsync(LabInstance lab)
    {
        var started = Stopwatch.GetTimestamp();
        foreach (var step in Steps)
        {
            var parameters = new JsonObject { ["commands"] = new JsonArray(step) }.ToJsonString();
            var sent = JsonNode.Parse(await CliAsync(
                [
                    "ssm", "send-command", "--instance-ids", lab.InstanceId, "--document-name", "AWS-RunShellScript", "--parameters",
                    parameters,
                ]))!;
            var command = (string)sent["Command"]!["CommandId"]!;
            await CliAsync(["ssm", "wait", "command-executed", "--command-id", command, "--instance-id", lab.InstanceId]);
            await CliAsync(["ssm", "get-command-invocation", "--command-id", command, "--instance-id", lab.InstanceId]);
        }

        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static async Task<string> CliAsync(string[] arguments)
    {
        try
        {
            return await ProcessAsync("aws", arguments);
        }
        catch (Win32Exception missing)
        {
            throw new InvalidOperationException("The AWS CLI is not on PATH: there is nothing to compare with.", missing);
        }
    }

    private static async Task<string> ProcessAsync(string program, string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(
            program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? await output
            : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {await error}");
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
