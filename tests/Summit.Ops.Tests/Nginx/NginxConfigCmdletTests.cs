using System.Management.Automation;

namespace Summit.Ops.Tests.Nginx;

public sealed class NginxConfigCmdletTests(EngineFixture engine) : IClassFixture<EngineFixture>, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("summit-nginx-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    private async Task<IReadOnlyList<T>> RunAsync<T>(string script)
    {
        var result = await engine.InvokeAsync(script);
        Assert.Empty(result.Errors);
        return result.Of<T>();
    }

    private async Task<ErrorRecord> FailAsync(string script)
    {
        var result = await engine.InvokeAsync(script);
        Assert.Empty(result.Output);
        var error = Assert.Single(result.Errors);
        Assert.NotEmpty(error.ErrorDetails.RecommendedAction);
        return error;
    }

    [Fact]
    public async Task New_SummitNginxConfig_gives_the_expected_file()
    {
        var config = Assert.Single(await RunAsync<SummitNginxConfig>("New-SummitNginxConfig"));
        Assert.Equal("/etc/nginx/sites-available/summit-api", config.Path);
        Assert.Contains("location /ws {", config.Text, StringComparison.Ordinal);
        Assert.Equal(config.Text, config.ToString());
        Assert.Equal("/ws", config.Servers[0].Locations[0].Path);
    }

    [Fact]
    public async Task Get_SummitNginxConfig_reads_files_and_dumps_line_by_line()
    {
        Write("common", "location /ws { }");
        var path = Write("nginx.conf", "http { server { server_name a; include common; } }");
        var config = Assert.Single(await RunAsync<SummitNginxConfig>($"Get-SummitNginxConfig {path}"));
        Assert.Equal(2, config.Files.Count);
        Assert.Equal("/ws", Assert.Single(Assert.Single(config.Servers).Locations).Path);
        config = Assert.Single(await RunAsync<SummitNginxConfig>(
            "'# configuration file /n.conf:', 'http {', '', ' server { server_name b; }', '}' | Get-SummitNginxConfig"));
        Assert.Equal(("/n.conf", "b"), (config.Path, config.Servers[0].ServerNames[0]));
        Assert.Equal(3, config.Servers[0].Line);
    }

    [Fact]
    public async Task Test_SummitNginxConfig_judges_what_it_is_given()
    {
        var checks = await RunAsync<SummitCheck>("New-SummitNginxConfig | Test-SummitNginxConfig");
        Assert.DoesNotContain(checks, check => check.Status is SummitCheckStatus.Fail or SummitCheckStatus.Unknown);
        var path = Write(
            "bad",
            "server { listen 443 ssl; server_name summit-api.codingeverest.com; location /api { proxy_pass http://localhost:4000; } }");
        checks = await RunAsync<SummitCheck>($"Test-SummitNginxConfig -Path {path}");
        var failed = checks.First(check => check.Status == SummitCheckStatus.Fail);
        Assert.Equal(("Nginx.WebSocketLocation", SummitCause.NginxLocationMissing, path), (failed.Id, failed.Cause, failed.File));
    }

    [Fact]
    public async Task A_fix_that_a_check_names_mends_what_it_found()
    {
        var path = Write(
            "bad",
            "server { listen 443 ssl; server_name summit-api.codingeverest.com; location /api { proxy_pass http://localhost:4000; } }");
        var fix = Assert.Single(await RunAsync<string>(
            $"Test-SummitNginxConfig -Path {path} | Where-Object Id -eq Nginx.WebSocketLocation | ForEach-Object Fix"));
        await RunAsync<object>(fix);
        Assert.DoesNotContain(
            await RunAsync<SummitCheck>($"Test-SummitNginxConfig -Path {path}"),
            check => check.Status == SummitCheckStatus.Fail && check.Severity == SummitSeverity.Error);
    }

    [Fact]
    public async Task Compare_SummitNginxConfig_takes_a_whole_configuration_by_the_sites_servers()
    {
        var path = Write("nginx.conf", "http { gzip on; server { listen 80; server_name other.test; } include site; }");
        Write("site", ExpectedText());
        Assert.Empty(await RunAsync<SummitNginxDifference>($"Compare-SummitNginxConfig -Path {path}"));
        var all = await RunAsync<SummitNginxDifference>($"Compare-SummitNginxConfig -Path {path} -All");
        Assert.Contains(all, difference => difference.Kind == SummitNginxDifferenceKind.Server);

        static string ExpectedText() => Summit.Ops.Nginx.ExpectedNginxConfig.For(new SummitSite()).Text;
    }

    [Fact]
    public async Task Resolve_SummitNginxLocation_takes_uris_and_paths_and_shows_no_token()
    {
        var route = Assert.Single(await RunAsync<SummitNginxRoute>(
            "New-SummitNginxConfig | Resolve-SummitNginxLocation 'wss://summit-api.codingeverest.com/ws?token=hunter2&x=1'"));
        Assert.True(route.Upgrades);
        Assert.Equal("location /ws", route.Location!.ToString());
        Assert.DoesNotContain("hunter2", string.Join('\n', route.Steps.Append(route.Uri)), StringComparison.Ordinal);
        var routes = await RunAsync<SummitNginxRoute>("New-SummitNginxConfig | Resolve-SummitNginxLocation -Uri /a/..//ws, '/api/x?y'");
        Assert.Equal(["/ws", "/api"], routes.Select(each => each.Location!.Path));
        route = Assert.Single(await RunAsync<SummitNginxRoute>(
            "New-SummitNginxConfig | Resolve-SummitNginxLocation 'https://summit-api.codingeverest.com/ws' -Header @{ Accept = '*/*' }"));
        Assert.False(route.Upgrades);
    }

    [Fact]
    public async Task Repair_SummitNginxConfig_mends_and_writes_nothing()
    {
        const string text = "server {\n\tlisten 443 ssl;\n\tserver_name summit-api.codingeverest.com;\n}\n";
        var path = Write("bad", text);
        var repaired = Assert.Single(await RunAsync<SummitNginxConfig>($"Repair-SummitNginxConfig -Path {path}"));
        Assert.Contains("\tlocation /ws {\n\t\tproxy_pass", repaired.Text, StringComparison.Ordinal);
        Assert.Equal(text, File.ReadAllText(path));
        Assert.Equal(repaired.Text, Assert.Single(
            await RunAsync<SummitNginxConfig>($"$x = Repair-SummitNginxConfig -Path {path}; $x | Repair-SummitNginxConfig")).Text);
    }

    [Fact]
    public async Task Compare_SummitNginxConfig_tells_text_and_meaning()
    {
        Assert.Empty(await RunAsync<SummitNginxDifference>("New-SummitNginxConfig | Compare-SummitNginxConfig"));
        var path = Write("drifted", "server { listen 443 ssl; server_name summit-api.codingeverest.com; }");
        var differences = await RunAsync<SummitNginxDifference>($"Compare-SummitNginxConfig -Path {path}");
        Assert.Equal(SummitNginxDifferenceKind.Text, differences[0].Kind);
        Assert.Contains(
            differences, difference => difference is { Kind: SummitNginxDifferenceKind.Location, Reference: "location /ws", Actual: "" });
        Assert.Empty(
            await RunAsync<SummitNginxDifference>($"$c = Get-SummitNginxConfig {path}; $c | Compare-SummitNginxConfig -Reference $c"));
    }

    [Theory]
    [InlineData("Get-SummitNginxConfig /no/such/file", "NginxConfigNotFound")]
    [InlineData("'not a dump' | Get-SummitNginxConfig", "NginxDumpInvalid")]
    [InlineData(
        "New-SummitNginxConfig -Site (New-SummitNginxConfig | ForEach-Object { [Summit.Ops.SummitSite]@{ ServerName = 'a;b' } })",
        "SiteValueInvalid")]
    [InlineData("New-SummitNginxConfig | Resolve-SummitNginxLocation ftp://x/ws?token=hunter2", "UriSchemeInvalid")]
    [InlineData("New-SummitNginxConfig | Resolve-SummitNginxLocation wss://x:70000/ws?token=hunter2", "UriPortInvalid")]
    [InlineData(
        "New-SummitNginxConfig | Repair-SummitNginxConfig -Site ([Summit.Ops.SummitSite]@{ ServerName = 'other.test'; "
            + "BackendPort = 4001 })",
        "NginxServerMissing")]
    public async Task Bad_input_is_one_clear_error(string script, string id)
    {
        var error = await FailAsync(script);
        Assert.StartsWith(id, error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.DoesNotContain(
            "hunter2", error.ToString() + error.ErrorDetails.RecommendedAction + error.TargetObject, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_binary_file_and_a_folder_are_errors()
    {
        var path = Path.Combine(_folder, "binary");
        File.WriteAllBytes(path, [0, 1, 2]);
        Assert.Equal(ErrorCategory.InvalidData, (await FailAsync($"Get-SummitNginxConfig {path}")).CategoryInfo.Category);
        Assert.Equal(ErrorCategory.PermissionDenied, (await FailAsync($"Get-SummitNginxConfig {_folder}")).CategoryInfo.Category);
    }

    [Fact]
    public async Task One_bad_file_does_not_end_the_pipeline()
    {
        var path = Write("good", "server { }");
        var result = await engine.InvokeAsync($"Get-SummitNginxConfig /no/such, {path}");
        Assert.Single(result.Errors);
        Assert.Single(result.Of<SummitNginxConfig>());
    }
}
