using Summit.Ops.Backend;
using Summit.Ops.Lab;

namespace Summit.Ops.Aws.Tests.Backend;

[Trait("Category", "Lab")]
public sealed class LongLogTests
{
    [Fact]
    public async Task A_log_longer_than_Run_Command_keeps_comes_whole_in_pages()
    {
        if (await LabRequirement.NginxMissingAsync(Account.Stop) is { } nginx) Assert.Skip(nginx);
        if (await LabRequirement.Pm2MissingAsync(Account.Stop) is { } pm2) Assert.Skip(pm2);
        await using var lab = await LabInstance.StartAsync(
            new LabOptions { Scenario = ScenarioCatalogue.Healthy, Backend = LabBackendKind.Pm2 }, Account.Stop);
        var random = new Random(7);
        var written = Enumerable.Range(0, 2_000).Select(i => $"line {i} {random.NextInt64():x}").ToList();
        await File.AppendAllLinesAsync(lab.Backend.LogPath, written, Account.Stop);
        var host = LabHost.Of(lab);

        var lines = (await new BackendLog(host).ReadAsync(
            lab.Site, written.Count + 100, since: null, webSocketOnly: false, Account.Stop)).Lines;

        Assert.Equal(written, lines.Where(line => line.Text.StartsWith("line ", StringComparison.Ordinal)).Select(line => line.Text));
        Assert.InRange(lab.Aws.Calls.Count(call => call.Action == "ssm:SendCommand"), 2, 20);
    }
}
