using System.Management.Automation;

namespace Summit.Ops.Tests.Completion;

/// <summary>What Tab offers, asked of the engine's own completion.</summary>
public sealed class CompletionTests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    [Fact]
    public async Task A_close_code_completes_by_its_number_and_says_its_name()
    {
        var choices = await CompleteAsync("Get-SummitCloseCode 100");
        Assert.Contains(choices, choice => choice is { CompletionText: "1006", ListItemText: "1006 AbnormalClosure" } && choice.ToolTip.Length > 20);
        Assert.All(choices, choice => Assert.StartsWith("100", choice.CompletionText, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_close_code_completes_by_its_name()
    {
        var choices = await CompleteAsync("Get-SummitCloseCode -Name conn");
        Assert.Equal(["ConnectionRefused"], choices.Select(choice => choice.CompletionText));
    }

    [Fact]
    public async Task A_site_completes_to_the_variables_that_hold_one_and_to_the_site_files_of_the_folder()
    {
        var folder = Directory.CreateTempSubdirectory("summit-ops-");
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "it's.site.json"), "{}");
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "other.json"), "{}");
            engine.Session.SetVariable("folder", folder.FullName);
            await engine.InvokeAsync("$chat = New-SummitSite -Name chat -ServerName chat.example.com; $chart = 1; $ExecutionContext.SessionState.Path.SetLocation($folder)");
            Assert.Equal(["$chat", "(Import-SummitSite './it''s.site.json')"], (await CompleteAsync("Invoke-SummitDiagnostic -Site ")).Select(choice => choice.CompletionText));
            Assert.Equal(["$chat"], (await CompleteAsync("Invoke-SummitDiagnostic -Site $cha")).Select(choice => choice.CompletionText).Where(text => text == "$chat"));
        }
        finally
        {
            await engine.InvokeAsync("$ExecutionContext.SessionState.Path.SetLocation('/')");
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_profile_completes_to_the_names_of_the_file_and_no_other_section()
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, "[summit-a]\naws_access_key_id = x\n[profile summit b]\n[sso-session summit-c]\n[other]\n");
            Assert.Equal(["'summit b'", "summit-a"], (await CompleteAsync($"Get-SummitTarget -ProfileLocation '{file}' -ProfileName summit")).Select(choice => choice.CompletionText));
        }
        finally
        {
            File.Delete(file);
        }
    }

    private async Task<IReadOnlyList<CompletionResult>> CompleteAsync(string input)
    {
        engine.Session.SetVariable("text", input);
        var result = await engine.InvokeAsync("[System.Management.Automation.CommandCompletion]::CompleteInput($text, $text.Length, $null).CompletionMatches");
        Assert.Empty(result.Errors);
        return result.Of<CompletionResult>();
    }
}
