using System.Management.Automation.Language;
using Summit.Ops.Tests.Engine;
using Summit.Ops.Tests.Conformance;

namespace Summit.Ops.Tests.Commands;

/// <summary>Export-SummitRunbook writes what it says, and nothing over what somebody changed.</summary>
public sealed class RunbookCommandTests(EngineFixture engine) : IClassFixture<EngineFixture>, IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("summit-runbooks-");

    private string Path => System.IO.Path.Combine(_folder.FullName, "made");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(
        "RunCommandParameters", new[] { "diagnose-websocket-issues.json", "deploy-nginx-config.json", "deploy-summit-backend.json" })]
    [InlineData("CommandDocument", new[]
    {
        "summit-api-diagnose-websocket.json", "summit-api-deploy-nginx-config.json", "summit-api-restart-backend.json",
        "summit-api-verify-websocket.json",
    })]
    [InlineData("AutomationDocument", new[] { "summit-api-repair-websocket.json" })]
    [InlineData("AzureRunbook", new[] { "summit-api-repair-websocket.ps1" })]
    [InlineData(
        "AzureRunbook, AutomationDocument, AzureRunbook", new[] { "summit-api-repair-websocket.ps1", "summit-api-repair-websocket.json" })]
    public async Task The_files_of_a_kind_are_written_and_come_out(string kind, string[] names)
    {
        var result = await engine.InvokeAsync($"Export-SummitRunbook -Kind {kind} -Path '{Path}'");
        Assert.Empty(result.Errors);
        Assert.Equal(names, result.Of<FileInfo>().Select(file => file.Name));
        Assert.All(result.Of<FileInfo>(), file => Assert.True(file.Exists && file.Length > 1000, file.FullName));
        Assert.Equal(names.Length, Directory.GetFiles(Path).Length);
    }

    [Fact]
    public async Task A_file_that_was_changed_is_replaced_only_by_force_and_then_nothing_else_is_written()
    {
        var first = Assert.Single(
            (await engine.InvokeAsync($"New-SummitSite -Name chat | Export-SummitRunbook AutomationDocument '{Path}'")).Of<FileInfo>());
        Assert.Equal("chat-repair-websocket.json", first.Name);
        var made = await File.ReadAllTextAsync(first.FullName, TestContext.Current.CancellationToken);
        Assert.Empty((await engine.InvokeAsync($"New-SummitSite -Name chat | Export-SummitRunbook AutomationDocument '{Path}'")).Errors);
        await File.WriteAllTextAsync(first.FullName, "mine", TestContext.Current.CancellationToken);

        var refused = await engine.InvokeAsync(
            $"New-SummitSite -Name chat | Export-SummitRunbook CommandDocument, AutomationDocument '{Path}'");

        var error = Assert.Single(refused.Errors);
        Assert.StartsWith("RunbookFileExists,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("-Force", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        Assert.Empty(refused.Output);
        Assert.Equal("mine", await File.ReadAllTextAsync(Assert.Single(Directory.GetFiles(Path)), TestContext.Current.CancellationToken));
        Assert.Empty(
            (await engine.InvokeAsync($"New-SummitSite -Name chat | Export-SummitRunbook AutomationDocument '{Path}' -Force")).Errors);
        Assert.Equal(made, await File.ReadAllTextAsync(first.FullName, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task WhatIf_writes_nothing()
    {
        var result = await engine.RenderAsync($"Export-SummitRunbook -Kind RunCommandParameters -Path '{Path}' -WhatIf");
        Assert.Empty(result.Errors);
        Assert.Contains("deploy-nginx-config.json", result.HostText, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path));
    }

    [Theory]
    [InlineData("-Site (New-SummitSite) -Path '{0}'", "RunbookFolderIsFile")]
    [InlineData("-Site (New-SummitSite -WebSocketPath '/w$s') -Path '{0}.d'", "SiteValueInvalid")]
    public async Task What_makes_no_sense_is_refused_before_anything_is_written(string arguments, string errorId)
    {
        var file = System.IO.Path.Combine(_folder.FullName, "file");
        await File.WriteAllTextAsync(file, "", TestContext.Current.CancellationToken);
        var result = await engine.InvokeAsync("Export-SummitRunbook RunCommandParameters "
            + string.Format(System.Globalization.CultureInfo.InvariantCulture, arguments, file));
        Assert.StartsWith(errorId + ",", Assert.Single(result.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Single(_folder.GetFileSystemInfos());
    }

    [Fact]
    public async Task A_value_that_no_document_can_take_is_refused_and_the_files_for_Run_Command_hold_it()
    {
        var site = "(New-SummitSite -ConfigPath \"/etc/nginx/my site's\" -EnabledPath '')";
        var refused = await engine.InvokeAsync($"Export-SummitRunbook CommandDocument '{Path}' -Site {site}");
        Assert.StartsWith("SiteValueNotForDocument,", Assert.Single(refused.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Empty((await engine.InvokeAsync($"Export-SummitRunbook RunCommandParameters '{Path}' -Site {site}")).Errors);
    }

    [Fact]
    public async Task The_runbook_for_Azure_parses_calls_what_exists_and_holds_the_site_whatever_its_values_are()
    {
        engine.Session.SetVariable("command", "echo 'x'; \n'@\n\"$(id)\" \u2018\u2019 `id`");
        var made = await engine.InvokeAsync(
            "$site = New-SummitSite -DeployCommand $command -Suppressions @(@{ Id = 'Nginx.Http2'; "
            + "Owner = 'o''k'; Reason = 'r'; Expires = '2027-01-31' }); "
            + $"Export-SummitRunbook AzureRunbook '{Path}' -Site $site; $site");
        Assert.Empty(made.Errors);
        var text = await File.ReadAllTextAsync(Assert.Single(made.Of<FileInfo>()).FullName, TestContext.Current.CancellationToken);

        Assert.Equal([], ExampleCode.Problems(text).Where(
            problem => problem is not ("there is no command Get-AutomationVariable" or "there is no command Get-AutomationPSCredential")));
        var tree = Parser.ParseInput(text, out _, out _);
        var json = Assert.Single(tree.FindAll(
            node => node is StringConstantExpressionAst { StringConstantType: StringConstantType.SingleQuotedHereString },
            searchNestedScriptBlocks: true).Cast<StringConstantExpressionAst>()).Value;
        var file = System.IO.Path.Combine(_folder.FullName, "site.json");
        await File.WriteAllTextAsync(file, json, TestContext.Current.CancellationToken);
        engine.Session.SetVariable("made", Assert.Single(made.Of<SummitSite>()));
        var read = await engine.InvokeAsync($"$read = Import-SummitSite '{file}'; $read.DeployCommand -ceq $made.DeployCommand; "
            + "$read.Suppressions[0] -eq $made.Suppressions[0]");
        Assert.Equal([true, true], read.Of<bool>());
    }
}
