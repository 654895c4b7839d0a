using System.Management.Automation.Runspaces;

namespace Summit.Ops.Lab.Shell;

/// <summary>Says of a well-known cmdlet that is not there why it is not: the engine comes without the modules of PowerShell itself.</summary>
internal static class MissingCommands
{
    private const string Utility = "Microsoft.PowerShell.Utility";
    private const string Management = "Microsoft.PowerShell.Management";

    private static readonly Dictionary<string, string> Modules = Named(
        Utility,
        "Add-Member Compare-Object ConvertFrom-Csv ConvertFrom-Json ConvertTo-Csv ConvertTo-Html ConvertTo-Json Export-Csv Format-Custom Format-Hex Format-List Format-Table Format-Wide Get-Date Get-Error "
        + "Get-Member Get-Random Get-Unique Get-Variable Group-Object Import-Csv Invoke-Expression Invoke-RestMethod Invoke-WebRequest Measure-Command Measure-Object New-Object New-TimeSpan New-Variable "
        + "Out-File Out-String Read-Host Select-Object Select-String Set-Variable Sort-Object Start-Sleep Tee-Object Write-Debug Write-Error Write-Host Write-Information Write-Output Write-Progress "
        + "Write-Verbose Write-Warning")
        .Concat(Named(
            Management,
            "Add-Content Copy-Item Get-ChildItem Get-Content Get-Item Get-Location Get-Process Get-Service Join-Path Move-Item New-Item Pop-Location Push-Location Remove-Item Resolve-Path Set-Content "
            + "Set-Location Split-Path Start-Process Stop-Process Test-Connection Test-Path"))
        .Append(new("Get-Credential", "Microsoft.PowerShell.Security"))
        .ToDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>Has the hint shown, once for each name, beside the engine's own error.</summary>
    public static void Explain(Runspace runspace, Action<string> show)
    {
        var said = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        runspace.SessionStateProxy.InvokeCommand.CommandNotFoundAction = (_, missing) =>
        {
            if (Hint(missing.CommandName) is { } hint && said.Add(missing.CommandName)) show(hint);
        };
    }

    /// <summary>Why this cmdlet is missing; null for a name that no PowerShell knows either.</summary>
    internal static string? Hint(string name) => Modules.TryGetValue(name, out var module)
        ? $"{name} is of {module}, which comes with PowerShell 7 itself; this console embeds the engine with its core cmdlets (Where-Object, ForEach-Object, Get-Command, Get-Help …) and Summit.Ops. In pwsh: Import-Module {Engine.BuiltModule.Manifest}"
        : null;

    private static IEnumerable<KeyValuePair<string, string>> Named(string module, string names) => names.Split(' ').Select(name => new KeyValuePair<string, string>(name, module));
}
