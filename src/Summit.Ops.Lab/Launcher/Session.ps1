# What the program's pwsh runs first: imports both modules and starts the lab. A failure here ends the process, since pwsh itself would go on.
& {
    $scenario = $env:SUMMIT_LAB_SCENARIO
    $env:SUMMIT_LAB_SCENARIO = $null
    $asked = [Environment]::GetCommandLineArgs()
    $prompts = -not ($asked -contains '-Command' -or $asked -contains '-File' -or [Console]::IsInputRedirected -or [Console]::IsOutputRedirected)
    # pwsh loads it by itself only where it is given no session configuration
    if ($prompts) { Import-Module -Global PSReadLine -ErrorAction Ignore }
    $root = [IO.Path]::GetFullPath("$PSScriptRoot/../../..")
    $ErrorActionPreference = 'Stop'
    try {
        Import-Module -Global -Name "$root/Summit.Ops.psd1", "$root/Summit.Ops.Lab.psd1"
        if (-not $scenario) { return }
        $global:Lab = Start-SummitLab -Scenario $scenario
        $global:site = $Lab.Site
    }
    catch {
        [Console]::Error.WriteLine($_.Exception.Message)
        $next = $_.ErrorDetails.RecommendedAction
        if ($next) { [Console]::Error.WriteLine($next) }
        [Environment]::Exit($_.FullyQualifiedErrorId.StartsWith('LabUnavailable') ? 2 : 70)
    }

    # an interactive session says where it is
    if (-not $prompts) { return }
    [Console]::WriteLine("A lab at $($Lab.Uri), on this machine only.")
    [Console]::WriteLine("Scenario $($Lab.Scenario): $($Lab.Description).")
    [Console]::WriteLine('$Lab and $site have its facts. Try: Invoke-SummitDiagnostic -Site $site')
    [Console]::WriteLine('Get-Command -Module Summit.Ops, Summit.Ops.Lab lists the cmdlets; exit ends the lab.')
    [Console]::WriteLine()
}
