using System.Diagnostics;

namespace Summit.Ops.RealHost.Tests;

/// <summary>A host leaves nothing behind, also where the run that booted it is killed.</summary>
[Trait("Category", "Lab")]
public sealed class LifetimeTests
{
    [Fact]
    public async Task A_killed_run_leaves_no_process_no_mount_and_no_namespace()
    {
        if (HostRequirement.Missing() is { } missing) Assert.Skip(missing);
        var cancellation = TestContext.Current.CancellationToken;
        var image = await HostImage.OfAsync(HostFixture.Suite, cancellation);
        // the supervisor is what a run starts; its death is what the run's death brings, by its standard input
        using var supervisor = Command.Start(
            "/bin/sh",
            [Path.Combine(HostImage.Recipe, "boot.sh"), image, HostRequirement.Dotnet, HostRequirement.PowerShell, HostRequirement.Module]);
        Assert.StartsWith("READY ", await supervisor.StandardOutput.ReadLineAsync(cancellation), StringComparison.Ordinal);
        var processes = RealHost.Descendants(supervisor.Id).ToList();
        Assert.True(processes.Count > 5, "the host has too few processes to be one");
        var namespaces = processes.Select(NetworkOf).OfType<string>().ToHashSet(StringComparer.Ordinal);

        supervisor.Kill();
        await supervisor.WaitForExitAsync(cancellation);

        for (var i = 0; i < 100 && processes.Exists(Lives); i++) await Task.Delay(100, cancellation);
        Assert.DoesNotContain(processes, Lives);
        Assert.DoesNotContain(
            Path.GetDirectoryName(image)!, await File.ReadAllTextAsync("/proc/self/mounts", cancellation), StringComparison.Ordinal);
        Assert.DoesNotContain(
            Process.GetProcesses().Select(process => NetworkOf(process.Id)),
            network => network is not null && namespaces.Contains(network) && network != NetworkOf(Environment.ProcessId));
    }

    private static bool Lives(int process) => Directory.Exists($"/proc/{process}");

    private static string? NetworkOf(int process)
    {
        try
        {
            return File.ResolveLinkTarget($"/proc/{process}/ns/net", returnFinalTarget: false)?.Name;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
