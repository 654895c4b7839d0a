namespace Summit.Ops.Tests.Commands;

/// <summary>New-, Import- and Export-SummitSite in the real engine.</summary>
public sealed class SiteCommandTests(EngineFixture engine) : IClassFixture<EngineFixture>, IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("summit-");

    [Fact]
    public async Task A_name_gives_the_files_theirs()
    {
        var site = await One<SummitSite>("New-SummitSite -Name chat -ServerName chat.example.com -ApiPath ''");

        Assert.Equal(
            ("/etc/nginx/sites-available/chat", "/etc/nginx/sites-enabled/chat", "", "wss://chat.example.com/ws"),
            (site.ConfigPath, site.EnabledPath, site.ApiPath, site.Uri));
    }

    [Fact]
    public async Task The_defaults_are_the_guide_s()
    {
        var site = await One<SummitSite>("New-SummitSite");

        Assert.Equal(new SummitSite(), site);
    }

    [Fact]
    public async Task A_site_from_the_pipeline_is_changed_only_where_asked()
    {
        var site = await One<SummitSite>("New-SummitSite -BackendPort 5000 | New-SummitSite -Port 8443");

        Assert.Equal((5000, 8443), (site.BackendPort, site.Port));
    }

    [Fact]
    public async Task A_file_round_trips_and_WhatIf_writes_nothing()
    {
        var path = Path.Combine(_folder.FullName, "a.site.json");

        await engine.InvokeAsync($"New-SummitSite -ServerName a.example.com | Export-SummitSite -Path '{path}' -WhatIf");
        Assert.False(File.Exists(path));
        var site = await One<SummitSite>(
            $"New-SummitSite -ServerName a.example.com | Export-SummitSite -Path '{path}' -PassThru; Import-SummitSite -Path '{path}'",
            last: true);

        Assert.Equal(new SummitSite { ServerName = "a.example.com" }, site);
    }

    [Theory]
    [InlineData("New-SummitSite -Port 70000", "PortOutOfRange")]
    [InlineData("New-SummitSite -ServerName 'a b;'", "SiteFieldInvalid")]
    [InlineData("New-SummitSite -WebSocketPath ws", "SiteFieldInvalid")]
    [InlineData("New-SummitSite -NginxCommand \"nginx 'x\"", "CommandNotUnderstood")]
    [InlineData("New-SummitSite -ConfigPath nginx.conf", "SiteFieldInvalid")]
    [InlineData("Import-SummitSite -Path /nowhere/site.json", "SiteFileNotFound")]
    public async Task A_field_that_makes_no_sense_is_one_clear_error(string script, string errorId)
    {
        var result = await engine.InvokeAsync(script);

        Assert.Empty(result.Output);
        var error = Assert.Single(result.Errors);
        Assert.StartsWith(errorId + ",", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.NotEmpty(error.ErrorDetails.RecommendedAction);
    }

    [Fact]
    public async Task One_bad_file_does_not_end_the_pipeline()
    {
        var good = Path.Combine(_folder.FullName, "good.json");
        await File.WriteAllTextAsync(good, "{}");

        var result = await engine.InvokeAsync($"'/nowhere/1.json', '{good}', '/nowhere/2.json' | Import-SummitSite");

        Assert.Single(result.Output);
        Assert.Equal(2, result.Errors.Count);
    }

    [Theory]
    [InlineData("{}", true)]
    [InlineData("{ \"port\": 8443 }", true)]
    [InlineData("{ \"servername\": \"a.example.com\" }", false)]
    public async Task A_file_without_a_server_name_is_warned_about(string text, bool warns)
    {
        var file = Path.Combine(_folder.FullName, "a.json");
        await File.WriteAllTextAsync(file, text);

        var warnings = (await engine.InvokeAsync($"Import-SummitSite '{file}'")).Warnings;

        if (warns) Assert.Contains("the guide's default", Assert.Single(warnings));
        else Assert.Empty(warnings);
    }

    [Theory]
    [InlineData("{\n \"ServerNam\": \"a\" }", "SiteFileInvalid", "no field 'ServerNam'; did you mean ServerName?")]
    [InlineData("{\n \"Port\": \"many\" }", "SiteFileInvalid", "the value of Port is not of its kind")]
    [InlineData("{\n \"Port\": 1,\n ! }", "SiteFileInvalid", "(line 3)")]
    [InlineData("[]", "SiteFileInvalid", "a list")]
    [InlineData("", "SiteFileInvalid", "it is empty")]
    [InlineData(null, "SiteFileIsFolder", "is a folder")]
    public async Task What_is_wrong_with_a_file_is_said_in_its_own_words(string? text, string errorId, string says)
    {
        var file = Path.Combine(_folder.FullName, "b.json");
        if (text is not null) await File.WriteAllTextAsync(file, text);

        var error = Assert.Single((await engine.InvokeAsync($"Import-SummitSite '{(text is null ? _folder.FullName : file)}'")).Errors);

        Assert.StartsWith(errorId + ",", error.FullyQualifiedErrorId);
        Assert.Contains(says, error.ToString());
        Assert.DoesNotContain(".NET", error.ToString());
        Assert.DoesNotContain("System.", error.ToString());
    }

    [Theory]
    [InlineData("Nginx.Rediretc", "there is none of that id; did you mean Nginx.Redirect?")]
    [InlineData("Moon.Phase", "there is none of that id.")]
    public async Task A_suppression_of_an_unknown_check_is_refused(string id, string says)
    {
        var error = Assert.Single((await engine.InvokeAsync(
            $"New-SummitSite -Suppressions @{{ Id = '{id}'; Owner = 'ops'; Reason = 'known'; Expires = '2027-01-31' }}")).Errors);

        Assert.StartsWith("SuppressionInvalid,", error.FullyQualifiedErrorId);
        Assert.EndsWith(says, error.ToString());
    }

    [Fact]
    public async Task A_file_of_another_content_is_replaced_only_with_Force()
    {
        var file = Path.Combine(_folder.FullName, "c.json");
        await File.WriteAllTextAsync(file, "precious");

        var refused = Assert.Single((await engine.InvokeAsync($"New-SummitSite | Export-SummitSite '{file}'")).Errors);
        Assert.StartsWith("SiteFileExists,", refused.FullyQualifiedErrorId);
        Assert.Equal("precious", await File.ReadAllTextAsync(file));

        Assert.Empty((await engine.InvokeAsync(
            $"New-SummitSite | Export-SummitSite '{file}' -Force; New-SummitSite | Export-SummitSite '{file}'")).Errors);
        Assert.Contains("\"ServerName\"", await File.ReadAllTextAsync(file));
        Assert.StartsWith("SiteFileIsFolder,", Assert.Single(
            (await engine.InvokeAsync($"New-SummitSite | Export-SummitSite '{_folder.FullName}'")).Errors).FullyQualifiedErrorId);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private async Task<T> One<T>(string script, bool last = false)
    {
        var result = await engine.InvokeAsync(script);
        Assert.Empty(result.Errors);
        return Assert.IsType<T>(last ? result.Output[^1].BaseObject : Assert.Single(result.Output).BaseObject);
    }
}
