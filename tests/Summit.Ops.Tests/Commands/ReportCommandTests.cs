using System.Text.Json.Nodes;

namespace Summit.Ops.Tests.Commands;

/// <summary>Export- and Import-SummitReport, and the suppressions of a site, in the real engine.</summary>
public sealed class ReportCommandTests(EngineFixture engine) : IClassFixture<EngineFixture>, IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("summit-");

    private string File(string name) => Path.Combine(_folder.FullName, name);

    [Theory]
    [InlineData("a.html", "<!DOCTYPE html>")]
    [InlineData("a.md", "# Broken: ")]
    [InlineData("a.xml", "<testsuites ")]
    [InlineData("a.json", "\"Format\": \"summit-report\"")]
    [InlineData("a.sarif", "\"version\": \"2.1.0\"")]
    public async Task Several_objects_make_one_report_of_the_format_that_its_name_says(string name, string holds)
    {
        var result = await engine.InvokeAsync("& { Test-SummitWebSocket ws://127.0.0.1:1/ws; "
            + $"New-SummitNginxConfig | Test-SummitNginxConfig }} | Export-SummitReport '{File(name)}'");
        Assert.Empty(result.Errors);
        Assert.Equal(File(name), Assert.Single(result.Of<FileInfo>()).FullName);
        Assert.Contains(
            holds, await System.IO.File.ReadAllTextAsync(File(name), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sarif_names_the_pages_of_the_module()
    {
        await engine.InvokeAsync($"New-SummitNginxConfig | Test-SummitNginxConfig | Export-SummitReport '{File("a.sarif")}'");
        var rules = JsonNode.Parse(await System.IO.File.ReadAllTextAsync(
            File("a.sarif"), TestContext.Current.CancellationToken))!["runs"]![0]!["tool"]!["driver"]!["rules"]!.AsArray();
        Assert.NotEmpty(rules);
        Assert.All(
            rules,
            rule => Assert.True(System.IO.File.Exists(new Uri(rule!["helpUri"]!.GetValue<string>()).LocalPath), rule.ToJsonString()));
    }

    [Theory]
    [InlineData("$check | Export-SummitReport '{0}/a.txt'", "ReportFormatUnknown")]
    [InlineData("$check | Export-SummitReport '{0}/none/a.html'", "ReportFolderNotFound")]
    [InlineData("$check | Export-SummitReport '{0}' -Format Html", "ReportPathIsFolder")]
    [InlineData("$check | Export-SummitReport '{0}/there.html'", "ReportFileExists")]
    [InlineData("$check | Export-SummitReport /proc/a.html", "ReportNotWritten")]
    [InlineData("'text' | Export-SummitReport '{0}/a.html'", "ReportInputInvalid")]
    [InlineData("@() | Export-SummitReport '{0}/a.html'", "ReportEmpty")]
    [InlineData("$check | Export-SummitReport '{0}/a.html' -Baseline '{0}/none.json'", "ReportNotFound")]
    [InlineData("$check | Export-SummitReport '{0}/a.html' -Baseline '{0}/there.html'", "ReportInvalid")]
    [InlineData("Import-SummitReport '{0}/none.json'", "ReportNotFound")]
    [InlineData("Invoke-SummitDiagnostic -Baseline '{0}/none.json'", "ReportNotFound")]
    public async Task What_cannot_be_written_or_read_is_one_clear_error_and_changes_nothing(string script, string errorId)
    {
        await System.IO.File.WriteAllTextAsync(File("there.html"), "mine", TestContext.Current.CancellationToken);
        var result = await engine.InvokeAsync("$check = New-SummitNginxConfig | Test-SummitNginxConfig; "
            + script.Replace("{0}", _folder.FullName, StringComparison.Ordinal));
        Assert.Empty(result.Output);
        var error = Assert.Single(result.Errors);
        Assert.StartsWith(errorId + ",", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.NotEmpty(error.ErrorDetails.RecommendedAction);
        Assert.Equal(["there.html"], _folder.GetFiles().Select(file => file.Name));
        Assert.Equal("mine", await System.IO.File.ReadAllTextAsync(File("there.html"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task WhatIf_writes_nothing_and_PassThru_lets_the_objects_through()
    {
        var result = await engine.InvokeAsync(
            $"New-SummitNginxConfig | Test-SummitNginxConfig | Export-SummitReport '{File("a.html")}' -WhatIf");
        Assert.Empty(result.Of<FileInfo>());
        Assert.Empty(_folder.GetFiles());

        var through = await engine.InvokeAsync($"New-SummitNginxConfig | Test-SummitNginxConfig | Export-SummitReport '{File("a.json")}' "
            + $"-PassThru | Export-SummitReport '{File("a.html")}' -PassThru");
        Assert.NotEmpty(through.Of<SummitCheck>());
        Assert.Equal(["a.html", "a.json"], _folder.GetFiles().Select(file => file.Name).Order(StringComparer.Ordinal));

        var read = await engine.InvokeAsync($"Import-SummitReport '{File("a.json")}'");
        Assert.Equal(through.Of<SummitCheck>(), read.Of<SummitCheck>());
    }

    [Fact]
    public async Task A_suppression_is_a_hashtable_in_a_script_and_an_object_in_the_file()
    {
        var made = await engine.InvokeAsync("New-SummitSite -Suppressions @{ Id = 'Nginx.HostHeader'; Owner = 'ops'; Reason = 'known'; "
            + $"Expires = '2027-01-31' }} | Export-SummitSite '{File("a.site.json")}' -PassThru; "
            + $"Import-SummitSite '{File("a.site.json")}'");
        Assert.Empty(made.Errors);
        Assert.All(made.Of<SummitSite>(), site => Assert.Equal(
            [new SummitSuppression { Id = "Nginx.HostHeader", Owner = "ops", Reason = "known", Expires = new DateOnly(2027, 1, 31) }],
            site.Suppressions));

        var refused = await engine.InvokeAsync(
            "New-SummitSite -Suppressions @{ Id = 'Nginx.HostHeader'; Owner = ''; Reason = 'known'; Expires = '2027-01-31' }");
        Assert.StartsWith("SuppressionInvalid,", Assert.Single(refused.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failure_of_a_single_check_is_marked_as_accepted_too()
    {
        await System.IO.File.WriteAllTextAsync(
            File("a.conf"),
            "server { listen 443 ssl; server_name summit-api.codingeverest.com; location /ws { proxy_pass http://localhost:4000; } }",
            TestContext.Current.CancellationToken);
        var result = await engine.InvokeAsync("$site = New-SummitSite -Suppressions @{ Id = 'Nginx.UpgradeHeaders'; "
            + $"Owner = 'ops'; Reason = 'known'; Expires = '2099-12-31' }}; Get-SummitNginxConfig '{File("a.conf")}' | "
            + "Test-SummitNginxConfig -Site $site");
        Assert.Empty(result.Errors);
        var check = Assert.Single(result.Of<SummitCheck>(), check => check.Id == "Nginx.UpgradeHeaders");
        Assert.Equal((SummitCheckStatus.Fail, "ops", false), (check.Status, check.Suppression?.Owner, check.IsFailure));
        Assert.True(Assert.Single(result.Of<SummitCheck>(), check => check.Id == "Nginx.HttpVersion").IsFailure);
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
