namespace Summit.Ops.Lab.Tests;

/// <summary>Each scenario's fault is really there: seen with sockets, files and processes, never with the module's own code.</summary>
public sealed class ScenarioTests
{
    [Fact]
    public async Task Nginx_config_missing_leaves_no_file_and_a_404_of_nginx_itself()
    {
        await using var lab = await StartAsync("nginx-config-missing");

        var answer = await RawClient.UpgradeAsync(lab);

        Assert.Equal(404, answer.Status);
        Assert.Contains("nginx/", System.Text.Encoding.UTF8.GetString(answer.Rest));
        Assert.False(File.Exists(lab.ConfigPath));
        Assert.Empty(Directory.GetFileSystemEntries(Path.GetDirectoryName(lab.EnabledPath)!));
        Assert.Equal(101, (await RawClient.BackendAsync(lab)).Status);
    }

    private static Task<LabInstance> StartAsync(string name, LabBackendKind backend = LabBackendKind.InProcess) => Start.LabAsync(ScenarioCatalogue.Find(name), backend);
}
