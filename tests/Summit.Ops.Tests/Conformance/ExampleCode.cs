using System.Management.Automation;
using System.Management.Automation.Language;

namespace Summit.Ops.Tests.Conformance;

/// <summary>Reads PowerShell that stands in help, topics and the README: it parses, and what it calls exists.</summary>
internal static class ExampleCode
{
    // the hosted engine has no Utility module to ask; these come with every PowerShell 7
    private static readonly HashSet<string> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        "Add-Content", "ConvertFrom-Json", "ConvertFrom-SecureString", "ConvertTo-Json", "ConvertTo-SecureString",
        "Export-Csv", "Format-List", "Format-Table", "Get-ChildItem", "Get-Content",
        "Get-Command", "Get-Credential", "Get-Help", "Get-Item", "Group-Object", "Import-Csv", "Import-Module",
        "Install-Module", "Install-PSResource", "Join-Path", "ForEach-Object", "Measure-Object", "Out-File",
        "Out-GridView", "Read-Host", "Remove-Item", "Remove-Module", "Select-Object", "Set-Content", "Sort-Object",
        "Start-Sleep", "Tee-Object", "Update-FormatData", "Where-Object", "Write-Host", "Write-Output",
        "Get-Secret", "Get-EC2Instance", "Invoke-Pester", "Get-Date", "Get-Process", "Test-Path", "Write-Error",
        "Write-Warning", "Get-Module", "Split-Path", "New-TimeSpan", "Get-Variable", "Get-Verb",
        "Import-PowerShellDataFile",
        "ConvertFrom-Csv", "New-Item", "Out-Null", "Out-String", "Resolve-Path", "Set-Location",
        "Test-ModuleManifest", "Invoke-RestMethod",
        "Get-AutomationVariable", // in each job of Azure Automation
    };

    private static readonly HashSet<string> Pester = new(StringComparer.Ordinal)
    {
        "BeforeAll", "AfterAll", "BeforeEach", "BeforeDiscovery", "Context", "Describe", "It", "New-PesterContainer", "Set-ItResult",
        "Should",
    };

    // programs outside PowerShell that a page may call
    private static readonly HashSet<string> Programs = new(StringComparer.Ordinal)
    {
        "sudo", "nginx", "git", "dotnet", "pm2", "ssh", "docker", "curl", "bash", "cat", "scp", "pwsh", "./build.ps1",
    };

    /// <summary>What is wrong with the code, one line each; nothing where nothing is.</summary>
    public static IEnumerable<string> Problems(string code)
    {
        var tree = Parser.ParseInput(code, out _, out var errors);
        var own = tree.FindAll(node => node is FunctionDefinitionAst, searchNestedScriptBlocks: true).Cast<FunctionDefinitionAst>()
            .Select(function => function.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var error in errors) yield return $"line {error.Extent.StartLineNumber}: {error.Message}";
        foreach (var call in tree.FindAll(node => node is CommandAst, searchNestedScriptBlocks: true).Cast<CommandAst>())
        {
            var name = call.GetCommandName();
            if (name is null || own.Contains(name) || Known.Contains(name) || Pester.Contains(name) || Programs.Contains(name)) continue;
            var cmdlet = ModuleCatalog.WithLab.FirstOrDefault(
                cmdlet => string.Equals(cmdlet.Name, name, StringComparison.OrdinalIgnoreCase));
            if (cmdlet is null)
            {
                yield return $"there is no command {name}";
                continue;
            }

            foreach (var parameter in call.CommandElements.OfType<CommandParameterAst>()
                .Where(parameter => !Has(cmdlet, parameter.ParameterName)))
            {
                yield return $"{name} has no parameter -{parameter.ParameterName}";
            }
        }
    }

    /// <summary>The blocks of a Markdown text that are fenced as PowerShell.</summary>
    public static IEnumerable<string> Fenced(string markdown)
    {
        List<string>? block = null;
        foreach (var line in markdown.ReplaceLineEndings("\n").Split('\n'))
        {
            if (block is null)
            {
                if (line.Trim() == "```powershell") block = [];
            }
            else if (line.Trim() == "```")
            {
                yield return string.Join('\n', block);
                block = null;
            }
            else
            {
                block.Add(line);
            }
        }
    }

    // a whole name or alias: examples do not abbreviate
    private static bool Has(CmdletInfo cmdlet, string name) => cmdlet.Parameters.Values.Any(parameter =>
        parameter.Aliases.Prepend(parameter.Name).Contains(name, StringComparer.OrdinalIgnoreCase));
}
