using System.Text;
using Summit.Ops.Deployment;
using Summit.Ops.Errors;
using Summit.Ops.Evidence;
using Summit.Ops.Hosts;
using Summit.Ops.Lab;
using Summit.Ops.Probing;

namespace Summit.Ops.Core.Tests.Deployment.Faults;

/// <summary>The site's folder is a disk of its own that is full, or read-only; the real thing, in a mount namespace.</summary>
[Trait("Category", "Lab")]
public sealed class DiskTests
{
    internal const string NoNamespace = "unshare gives no mount namespace here";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_full_disk_ends_in_the_old_file_or_the_new_one()
    {
        await using var lab = await StartAsync();
        var folder = Path.GetDirectoryName(lab.ConfigPath)!;
        await using var host = await MountedAsync(lab, folder);
        var first = await host.RunAsync($"cat {lab.ConfigPath}", Cancellation);
        var outcomes = new List<string>();
        for (var free = 0; free <= 28; free += 4)
        {
            var before = await host.RunAsync($"cat {lab.ConfigPath}", Cancellation);
            var after = $"# {free} kB were free\n{first}";
            await host.RunAsync(
                $"head -c {free * 1024} /dev/zero >{folder}/reserve; cat /dev/zero >{folder}/filler 2>/dev/null; rm {folder}/reserve",
                Cancellation);
            outcomes.Add($"{free}: {await OutcomeAsync(host, lab, before, after)}");
            var now = await host.RunAsync($"cat {lab.ConfigPath}", Cancellation);
            Assert.True(now == before || now == after, $"{free} kB free: neither the old file nor the new one:\n{now}");
            Assert.True((await ProbeAsync(lab)).Success);
            await host.RunAsync($"rm {folder}/filler", Cancellation);
            Assert.Equal("", await host.RunAsync(
                $"find {folder} ! -path {folder} ! -name summit-api ! -path '*/.summit-ops' ! -path '*/backups*'", Cancellation));

            Assert.Equal("deployed", await OutcomeAsync(host, lab, now, $"# room again after {free}\n{first}"));
            Assert.True((await ProbeAsync(lab)).Success);
            await host.RunAsync($"rm -rf {folder}/.summit-ops", Cancellation);
        }

        TestContext.Current.TestOutputHelper?.WriteLine(string.Join("; ", outcomes));
        Assert.Contains(outcomes, outcome => outcome.EndsWith(": refused", StringComparison.Ordinal));
        Assert.Contains(outcomes, outcome => outcome.EndsWith(": deployed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_disk_that_turns_read_only_ends_in_the_old_file_or_the_new_one()
    {
        await using var lab = await StartAsync();
        var folder = Path.GetDirectoryName(lab.ConfigPath)!;
        await using var host = await MountedAsync(lab, folder);
        var first = await host.RunAsync($"cat {lab.ConfigPath}", Cancellation);
        var trace = Path.Combine(lab.NginxPrefix, "trace");
        await host.RunAsync(new FaultedScript(Script(lab, first, "# traced\n" + first)).Tracing(trace), Cancellation);
        var points = (await File.ReadAllLinesAsync(trace, Cancellation)).Distinct(StringComparer.Ordinal)
            .Where(point => point.EndsWith(":1", StringComparison.Ordinal)).ToList();
        var random = new Random(20261124);
        var tries = int.TryParse(Environment.GetEnvironmentVariable("SUMMIT_READONLY_CASES"), out var asked) ? asked : 4;
        var outcomes = new List<string>();
        for (var number = 0; number < tries; number++)
        {
            var before = await host.RunAsync($"cat {lab.ConfigPath}", Cancellation);
            var after = $"# {number}\n{first}";
            var point = number == 0 ? points[0] : points[random.Next(points.Count)];
            var result = await host.RunAsync(
                new FaultedScript(Script(lab, before, after)).Faulted(point, $"mount -o remount,ro {folder}"), Cancellation);
            var answer = ScriptAnswer.Read(result, host.Target);
            outcomes.Add($"{answer.Outcome} {answer["undone"]}".Trim());
            var now = await host.RunAsync($"cat {lab.ConfigPath}", Cancellation);
            Assert.True(now == before || now == after, $"at {point}: neither the old file nor the new one:\n{now}");
            Assert.True((await ProbeAsync(lab)).Success, $"at {point}: {answer.Outcome}: {answer["reason"]}");
            await host.RunAsync($"mount -o remount,rw {folder}", Cancellation);

            // a run that could not put back leaves its journal, and the next one does it
            var next = await OutcomeAsync(host, lab, now, $"# again {number}\n{first}");
            if (next == "refused")
            {
                next = await OutcomeAsync(
                    host, lab, await host.RunAsync($"cat {lab.ConfigPath}", Cancellation), $"# again {number}\n{first}");
            }

            Assert.True(next == "deployed", $"at {point}, after {answer.Outcome} {answer["undone"]}: {next}");
            Assert.Equal("backups\n", await host.RunAsync($"ls {folder}/.summit-ops", Cancellation));
        }

        TestContext.Current.TestOutputHelper?.WriteLine(
            string.Join(", ", outcomes.GroupBy(outcome => outcome).Select(group => $"{group.Key} {group.Count()}")));
    }

    private static async Task<LabInstance> StartAsync()
    {
        if (await LabRequirement.NginxMissingAsync(Cancellation) is { } reason) Assert.Skip(reason);
        return await LabInstance.StartAsync(new LabOptions { Backend = LabBackendKind.InProcess }, Cancellation);
    }

    private static async Task<NamespaceHost> MountedAsync(LabInstance lab, string folder)
    {
        var text = await File.ReadAllTextAsync(lab.ConfigPath, Cancellation);
        if (await NamespaceHost.StartAsync("--mount", $"mount -t tmpfs -o size=96k,mode=755 tmpfs {folder}", Cancellation) is not { } host)
        {
            Assert.Skip(NoNamespace);
            throw new InvalidOperationException(NoNamespace);
        }

        await host.RunAsync($"cat >{lab.ConfigPath} <<'THE_END'\n{text.TrimEnd('\n')}\nTHE_END\n", Cancellation);
        await host.StartNginxAsync(lab, Cancellation);
        return host;
    }

    private static HostScript Script(LabInstance lab, string before, string after) => Deployer.Script(
        new DeploymentPlan
        {
            Site = lab.Site,
            Target = SummitTarget.Local,
            Before = Encoding.UTF8.GetBytes(before),
            After = Encoding.UTF8.GetBytes(after),
            PreviousSha256 = DeploymentPlanner.Sha256(Encoding.UTF8.GetBytes(before)),
            Sha256 = DeploymentPlanner.Sha256(Encoding.UTF8.GetBytes(after)),
            Diff = "changed",
            Enables = false,
            ReloadsOnly = false,
            Erases = [],
            Steps = [],
        },
        DateTimeOffset.UnixEpoch);

    private static async Task<string> OutcomeAsync(NamespaceHost host, LabInstance lab, string before, string after) =>
        ScriptAnswer.Read(await host.RunAsync(Script(lab, before, after), Cancellation), host.Target).Outcome;

    private static Task<SummitWebSocketResult> ProbeAsync(LabInstance lab) =>
        new WebSocketProbe(TimeProvider.System).RunAsync(SiteProbes.Public(lab.Site, null), Cancellation);
}
