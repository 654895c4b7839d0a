using System.Text;
using System.Text.RegularExpressions;
using Summit.Ops.Deployment;
using Summit.Ops.Errors;
using Summit.Ops.Evidence;
using Summit.Ops.Hosts;
using Summit.Ops.Lab;
using Summit.Ops.Nginx;
using Summit.Ops.Probing;

namespace Summit.Ops.Core.Tests.Deployment;

/// <summary>The deployment's script is killed with SIGKILL before each of its steps; after each, nothing is broken and the next deployment succeeds.</summary>
public sealed partial class KilledDeploymentTests
{
    private static readonly LocalHost Host = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Wherever_it_is_killed_nothing_is_broken()
    {
        if (await LabRequirement.NginxMissingAsync(Cancellation) is { } reason) Assert.Skip(reason);
        await using var lab = await LabInstance.StartAsync(new LabOptions { Backend = LabBackendKind.InProcess }, Cancellation);
        var folder = Path.GetDirectoryName(lab.ConfigPath)!;
        var first = await File.ReadAllTextAsync(lab.ConfigPath, Cancellation);
        var points = 0;
        for (var at = 0; ; at++)
        {
            var before = await File.ReadAllBytesAsync(lab.ConfigPath, Cancellation);
            var plan = await PlanAsync(lab, $"# version {at}\n{first}");
            if (KilledBefore(Deployer.Script(plan, DateTimeOffset.UnixEpoch), at) is not { } script) break;

            var result = await Host.RunAsync(script, Cancellation);
            Assert.True(result.ExitCode == 137, $"point {at}: not killed but ended with {result.ExitCode}\n{result.Output}\n{result.Error}");
            points++;

            var left = await File.ReadAllBytesAsync(lab.ConfigPath, Cancellation);
            Assert.True(left.AsSpan().SequenceEqual(before) || left.AsSpan().SequenceEqual(plan.After), $"point {at}: the file is neither the old one nor the new one");
            Assert.Null(await lab.Nginx.TestAsync(Cancellation));
            Assert.True((await ProbeAsync(lab)).Success, $"point {at}: no WebSocket opens");

            var next = await PlanAsync(lab, $"# version {at} again\n{first}");
            var done = await new Deployer(Host, TimeProvider.System).DeployAsync(await Recovered(lab, next, at, first), null, Cancellation);
            Assert.True(done is { Changed: true, Verified: true, RolledBack: false }, $"point {at}: {done.Output}");
            Assert.Equal(["backups"], Directory.EnumerateFileSystemEntries(Path.Combine(folder, ".summit-ops")).Select(Path.GetFileName));
            Assert.Equal(["summit-api"], Directory.EnumerateFiles(folder).Select(Path.GetFileName));
            Assert.Equal(["summit-api"], Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(lab.EnabledPath)!).Select(Path.GetFileName));
        }

        Assert.True(points >= 40, $"only {points} points");
        TestContext.Current.TestOutputHelper?.WriteLine($"killed at {points} points");
    }

    [Fact]
    public async Task A_signal_puts_everything_back()
    {
        if (await LabRequirement.NginxMissingAsync(Cancellation) is { } reason) Assert.Skip(reason);
        await using var lab = await LabInstance.StartAsync(new LabOptions { Backend = LabBackendKind.InProcess }, Cancellation);
        var before = await File.ReadAllTextAsync(lab.ConfigPath, Cancellation);
        var plan = await PlanAsync(lab, "# new\n" + before);

        // held just before it is verified, and cancelled there
        var script = Deployer.Script(plan, DateTimeOffset.UnixEpoch);
        const string verify = "after_status=$(handshake)";
        Assert.Contains(verify, script.Text);
        var marker = Path.Combine(Path.GetTempPath(), $"summit-{Guid.NewGuid():N}");
        using var cancel = new CancellationTokenSource();
        var run = Host.RunAsync(script with { Text = script.Text.Replace(verify, $"touch {marker}; sleep 1; {verify}", StringComparison.Ordinal) }, cancel.Token);
        while (!File.Exists(marker)) await Task.Delay(10, Cancellation);
        Assert.StartsWith("# new\n", await File.ReadAllTextAsync(lab.ConfigPath, Cancellation));
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        File.Delete(marker);

        Assert.Equal(before, await File.ReadAllTextAsync(lab.ConfigPath, Cancellation));
        Assert.True((await ProbeAsync(lab)).Success);
        Assert.False(Directory.Exists(Path.Combine(Path.GetDirectoryName(lab.ConfigPath)!, ".summit-ops")));
    }

    /// <summary>A plan made on a file that the recovery then puts back is out of date, and refused for that: it is made anew, as a user would.</summary>
    private static async Task<DeploymentPlan> Recovered(LabInstance lab, DeploymentPlan plan, int at, string first)
    {
        var journal = Path.Combine(Path.GetDirectoryName(lab.ConfigPath)!, ".summit-ops", "summit-api.journal");
        if (!File.Exists(journal)) return plan;
        var onDisk = DeploymentPlanner.Sha256(await File.ReadAllBytesAsync(lab.ConfigPath, Cancellation));
        if (File.ReadAllText(journal).Contains($"j_previous={onDisk}", StringComparison.Ordinal)) return plan;
        var error = await Assert.ThrowsAsync<SummitDeploymentException>(() => new Deployer(Host, TimeProvider.System).DeployAsync(plan, null, Cancellation));
        Assert.Contains("changed it since", error.Message);
        return await PlanAsync(lab, $"# version {at} again\n{first}");
    }

    /// <summary>The script with a kill before its n-th step; null where it has fewer.</summary>
    private static HostScript? KilledBefore(HostScript script, int step)
    {
        var lines = script.Text.Split('\n');
        var start = Array.FindIndex(lines, line => line.StartsWith("# --- one at a time", StringComparison.Ordinal));
        var end = Array.FindIndex(lines, line => line == "finish deployed 0");
        Assert.True(start > 0 && end > start);
        var steps = Enumerable.Range(start, end - start + 1).Where(line => Statement().IsMatch(lines[line]) && (line == start || !Continued(lines[line - 1]))).ToList();
        if (step >= steps.Count) return null;
        var text = new StringBuilder();
        for (var line = 0; line < lines.Length; line++)
        {
            if (line == steps[step]) text.Append("kill -9 $$\n");
            text.Append(lines[line]).Append('\n');
        }

        return script with { Text = text.ToString() };
    }

    private static bool Continued(string line) => line.EndsWith('\\') || line.EndsWith("&&", StringComparison.Ordinal);

    private static async Task<DeploymentPlan> PlanAsync(LabInstance lab, string content) => DeploymentPlanner.Plan(
        await new SiteGatherer(TimeProvider.System).GatherAsync(Host, lab.Site, null, Cancellation), DeploymentMode.Repair,
        NginxConfigReader.FromBytes(lab.ConfigPath, Encoding.UTF8.GetBytes(content)), force: false);

    private static Task<SummitWebSocketResult> ProbeAsync(LabInstance lab) => new WebSocketProbe(TimeProvider.System).RunAsync(SiteProbes.Public(lab.Site, null), Cancellation);

    // a line that begins a statement at the top level of the script
    [GeneratedRegex(@"^(?!fi\b|done\b|esac\b|else\b|elif\b|do\b|then\b|[})])[^\s#]")]
    private static partial Regex Statement();
}
