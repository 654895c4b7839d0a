using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Summit.Ops.Lab.Processes;

namespace Summit.Ops.Lab.Tests;

/// <summary>A lab leaves nothing behind, however it ends.</summary>
[Trait("Category", "Lab")]
public sealed class LifetimeTests
{
    private const string HoldVariable = "SUMMIT_LAB_TEST_HOLD";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData(LabBackendKind.InProcess)]
    [InlineData(LabBackendKind.Pm2)]
    public async Task Stopped_lab_leaves_no_process_and_no_folder(LabBackendKind backend)
    {
        var lab = await Start.LabAsync(backend: backend);
        Assert.NotEqual(0, lab.Nginx.ProcessId);
        Assert.Equal(2, lab.Nginx.Workers.Count);
        int[] all = [lab.Nginx.ProcessId, .. lab.Nginx.Workers, .. backend == LabBackendKind.Pm2 ? new[] { lab.Backend.ProcessId } : []];
        Assert.All(all, pid => Assert.True(ProcessTable.IsAlive(pid)));

        await lab.DisposeAsync();
        await lab.DisposeAsync();

        Assert.All(all, pid => Assert.False(ProcessTable.IsAlive(pid)));
        Assert.Empty(ProcessTable.OfFolder(lab.Layout.Root));
        Assert.False(Directory.Exists(lab.Layout.Root));
        Assert.True(await ProcessTable.WaitForEndAsync(lab.GuardProcessId, Patience));
    }

    [Fact]
    public async Task Workers_of_a_killed_master_are_ended_too()
    {
        var lab = await Start.LabAsync();
        var workers = lab.Nginx.Workers;
        ProcessTable.Send(lab.Nginx.ProcessId, Signal.Kill);

        await lab.DisposeAsync();

        Assert.All(workers, pid => Assert.False(ProcessTable.IsAlive(pid)));
    }

    [Fact]
    public async Task Failed_start_leaves_nothing()
    {
        LabInstance? seen = null;
        var scenario = new Scenario("fails", SummitCause.Unknown, "its injection fails")
        {
            InjectAsync = (lab, _) =>
            {
                seen = lab;
                throw new InvalidOperationException("as asked");
            },
        };

        Assert.Equal("as asked", (await Assert.ThrowsAsync<InvalidOperationException>(() => Start.LabAsync(scenario))).Message);

        Assert.False(Directory.Exists(seen!.Layout.Root));
        Assert.Equal(0, seen.Nginx.ProcessId);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_port_that_is_taken_is_replaced(int which)
    {
        if (await LabRequirement.NginxMissingAsync() is { } reason) Assert.Skip(reason);
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        var asked = 0;

        await using var lab = await LabInstance.StartAsync(new LabOptions { Backend = LabBackendKind.InProcess }, Ports, default);

        Assert.Equal(2, asked);
        Assert.Equal(101, (await RawClient.UpgradeAsync(lab)).Status);

        int[] Ports(int count)
        {
            var ports = FreePorts.Choose(count);
            if (asked++ == 0) ports[which] = port;
            return ports;
        }
    }

    [Theory]
    [InlineData(LabBackendKind.InProcess, false)]
    [InlineData(LabBackendKind.Pm2, false)]
    [InlineData(LabBackendKind.Pm2, true)]
    public async Task Killed_owner_leaves_nothing(LabBackendKind backend, bool guardToo)
    {
        if (await LabRequirement.NginxMissingAsync() is { } reason) Assert.Skip(reason);
        if (backend == LabBackendKind.Pm2 && await LabRequirement.Pm2MissingAsync() is { } noPm2) Assert.Skip(noPm2);
        var note = Path.GetTempFileName();
        using var owner = Process.Start(new ProcessStartInfo("dotnet", [typeof(LifetimeTests).Assembly.Location, "-explicit", "only",
            "-method", $"{typeof(LifetimeTests).FullName}.{nameof(Holds_a_lab_until_it_is_killed)}"])
        {
            Environment = { [HoldVariable] = $"{note}|{backend}" },
            RedirectStandardOutput = true, // this process's own is what its runner reads results from
            RedirectStandardError = true,
            UseShellExecute = false,
        })!;
        try
        {
            var lines = await LinesAsync(note, owner);
            var root = lines[0];
            int[] all = [.. lines.Skip(2).Select(int.Parse)];
            Assert.All(all, pid => Assert.True(ProcessTable.IsAlive(pid)));

            if (guardToo) ProcessTable.Send(int.Parse(lines[1]), Signal.Kill);
            owner.Kill();
            await owner.WaitForExitAsync();
            if (guardToo) await InstanceGuard.SweepAsync(TimeSpan.Zero);

            Assert.All(await Task.WhenAll(all.Select(pid => ProcessTable.WaitForEndAsync(pid, Patience))), Assert.True);
            Assert.True(await ProcessTable.WaitForEndAsync(int.Parse(lines[1]), Patience));
            Assert.False(Directory.Exists(root));
        }
        finally
        {
            if (!owner.HasExited) owner.Kill();
            File.Delete(note);
        }
    }

    [Fact(Explicit = true)]
    public async Task Holds_a_lab_until_it_is_killed()
    {
        var (note, kind) = Environment.GetEnvironmentVariable(HoldVariable)?.Split('|') is [var path, var backend]
            ? (path, Enum.Parse<LabBackendKind>(backend))
            : ("", default);
        if (note.Length == 0) Assert.Skip("Only the test that kills it runs this.");
        await using var lab = await Start.LabAsync(backend: kind);
        int[] backendId = kind == LabBackendKind.Pm2 ? [lab.Backend.ProcessId] : [];
        await File.WriteAllTextAsync(
            note + ".new",
            string.Join('\n', [lab.Layout.Root, lab.GuardProcessId, lab.Nginx.ProcessId, .. lab.Nginx.Workers, .. backendId]));
        File.Move(note + ".new", note, overwrite: true);
        await Task.Delay(Timeout.Infinite, TestContext.Current.CancellationToken);
    }

    private static async Task<string[]> LinesAsync(string note, Process owner)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(since) < TimeSpan.FromMinutes(1) && !owner.HasExited)
        {
            if (await File.ReadAllLinesAsync(note) is { Length: > 2 } lines) return lines;
            await Task.Delay(50);
        }

        throw new InvalidOperationException("The other process held no lab.");
    }
}
