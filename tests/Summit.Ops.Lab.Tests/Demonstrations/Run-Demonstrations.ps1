# Runs the demonstration of many scenarios in one session. Each ends with one line of JSON; what it showed stands before it.
param(
    [Parameter(Mandatory)] [string] $Root,
    [Parameter(Mandatory)] [string] $Backend,
    [Parameter(Mandatory)] [string[]] $Scenario
)

Import-Module "$Root/Summit.Ops.psd1", "$Root/Summit.Ops.Lab.psd1"
foreach ($name in $Scenario) {
    $Lab = $null
    $global:LASTEXITCODE = -1
    try {
        $Lab = Start-SummitLab -Scenario $name -Backend $Backend
        & "$Root/src/Summit.Ops.Lab/Demo/MainJob.ps1" 2>&1
    }
    catch {
        "$_"
    }

    $result = @{ Scenario = $name; ExitCode = $LASTEXITCODE; Backend = "$($Lab.Backend)" }
    if ($Lab) {
        Stop-SummitLab -Lab $Lab
        $result.Left = Test-Path $Lab.NginxPrefix
    }

    [Console]::WriteLine(($result | ConvertTo-Json -Compress))
}
