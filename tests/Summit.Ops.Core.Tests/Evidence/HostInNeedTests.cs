using Summit.Ops.Core.Tests.Deployment.Faults;
using Summit.Ops.Errors;
using Summit.Ops.Evidence;
using Summit.Ops.Hosts;

namespace Summit.Ops.Core.Tests.Evidence;

/// <summary>A host without room, and an answer that was cut, end in a reason and never in an exception of the reader's own.</summary>
public sealed class HostInNeedTests
{
    private static readonly SummitSite Site = new() { NginxCommand = "nginx-that-is-not-there", Port = 1, BackendPort = 1 };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("@begin hop.Backend \naGVsbG8=\n@end\n@done\n", true)]
    [InlineData("@begin host 0\naGVsbG\n@end\n@done\n", false)]
    [InlineData("@begin host 0\naGVsbG8=\n", false)]
    [InlineData("@begin host 99999999999\naGVsbG8=\n@end\n@done\n", true)]
    public void A_damaged_answer_is_said_to_be_damaged(string output, bool whole)
    {
        var result = new HostResult(1, output, "cat: write error: No space left on device\n", TimeSpan.Zero);
        if (whole)
        {
            Assert.NotEqual(0, Assert.Single(EvidenceSections.Read(result, SummitTarget.Local)).Value.ExitCode);
            return;
        }

        var error = Assert.Throws<SummitHostException>(() => EvidenceSections.Read(result, SummitTarget.Local));
        Assert.Equal("EvidenceIncomplete", error.ErrorId);
        Assert.Contains("No space left on device", error.Message);
    }

    [Fact]
    public async Task A_full_folder_for_temporary_files_is_passed_over()
    {
        var full = Directory.CreateTempSubdirectory("summit-full-");
        await using var host = await NamespaceHost.StartAsync(
            "--mount",
            $"mount -t tmpfs -o size=64k tmpfs {full.FullName} && {{ cat /dev/zero >{full.FullName}/filler 2>/dev/null || :; }}",
            Cancellation);
        if (host is null) Assert.Skip(DiskTests.NoNamespace);
        try
        {
            var script = HostGatherer.Script(Site);
            var result = await host.RunAsync(script with { Text = $"TMPDIR={full.FullName}\n{script.Text}" }, Cancellation);

            Assert.Equal(
                "root", new HostEvidence(SummitTarget.Local, EvidenceSections.Read(result, SummitTarget.Local), TimeSpan.Zero).User);
        }
        finally
        {
            full.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Without_room_anywhere_the_reason_is_said()
    {
        var script = HostGatherer.Script(Site);
        var text = script.Text.Replace("/dev/shm /run /var/tmp", "/proc/none", StringComparison.Ordinal);
        Assert.NotEqual(script.Text, text);

        var result = await new LocalHost().RunAsync(script with { Text = $"TMPDIR=/proc/nowhere\n{text}" }, Cancellation);
        var error = Assert.Throws<SummitHostException>(() => EvidenceSections.Read(result, SummitTarget.Local));

        Assert.Contains("No folder for working files has room on this host", error.Message);
    }
}
