# Runs the demonstration of many scenarios in one session, and writes one line of JSON for each.
param(
    [Parameter(Mandatory)] [string] $Root,
    [Parameter(Mandatory)] [string] $Backend,
    [Parameter(Mandatory)] [string[]] $Scenario
)

Import-Module "$Root/Summit.Ops.psd1", "$Root/Summit.Ops.Lab.psd1"
foreach ($name in $Scenario) {
    $Lab = Start-SummitLab -Scenario $name -Backend $Backend
    $global:LASTEXITCODE = -1
    $shown = & "$Root/src/Summit.Ops.Lab/Demo/MainJob.ps1" 6>&1 2>&1 | Out-String -Width 100
    $result = @{ Scenario = $name; ExitCode = $LASTEXITCODE; Backend = "$($Lab.Backend)"; Shown = $shown }
    Stop-SummitLab -Lab $Lab
    $result.Left = Test-Path $Lab.NginxPrefix
    [Console]::WriteLine(($result | ConvertTo-Json -Compress))
}
