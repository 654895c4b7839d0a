# What the Pester files share: they import it in BeforeAll (and in BeforeDiscovery where their cases need it).

$root = (Resolve-Path (Join-Path $PSScriptRoot '../..')).Path

# the built module, as a session imports it
function Import-Summit {
    Import-Module (Join-Path $root 'Summit.Ops.psd1') -Global -Force
}

# a lab: a real nginx with TLS, a backend in this process unless another is asked for, and a loopback AWS
function Open-Lab([string] $Scenario = 'healthy', [string] $Backend = 'InProcess') {
    Import-Module (Join-Path $root 'Summit.Ops.Lab.psd1') -Global
    Start-SummitLab -Scenario $Scenario -Backend $Backend
}

# what Tab offers at the end of a line
function Get-Completion([Parameter(Mandatory)] [string] $Line) {
    (TabExpansion2 -inputScript $Line -cursorColumn $Line.Length).CompletionMatches
}

# the error records of a script block, thrown or written
function Get-Problem([Parameter(Mandatory)] [scriptblock] $Script) {
    try {
        & $Script 3>$null 2>&1 | Where-Object { $_ -is [Management.Automation.ErrorRecord] }
    }
    catch {
        $_
    }
}

# one error of this id that says what to run next
function Assert-Problem([Parameter(Mandatory)] [scriptblock] $Script, [Parameter(Mandatory)] [string] $Id, [string] $Category) {
    $problems = @(Get-Problem $Script)
    $problems.Count | Should -Be 1 -Because "'$Script' has one problem, not: $($problems -join ' | ')"
    $problems[0].FullyQualifiedErrorId.Split(',')[0] | Should -BeExactly $Id
    $problems[0].ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
    if ($Category) { $problems[0].CategoryInfo.Category | Should -Be $Category }
}

# the progress that a script shows in a session of its own; its parameters are the keys of Variables
function Get-ProgressRecord([Parameter(Mandatory)] [string] $Script, [hashtable] $Variables = @{}) {
    $session = [powershell]::Create()
    try {
        $null = $session.AddScript("Import-Module '$(Join-Path $root 'Summit.Ops.psd1')'").Invoke()
        foreach ($name in $Variables.Keys) { $session.Runspace.SessionStateProxy.SetVariable($name, $Variables[$name]) }
        $session.Commands.Clear()
        $session.Streams.ClearStreams()
        $null = $session.AddScript($Script).Invoke()
        @($session.Streams.Progress)
    }
    finally {
        $session.Dispose()
    }
}

# What -WhatIf says goes to the host and to no stream: here it is caught by a session that records its host
function Get-WhatIf([Parameter(Mandatory)] [scriptblock] $Script) {
    $file = New-TemporaryFile
    try {
        $null = Start-Transcript -Path $file -UseMinimalHeader
        try { $null = & $Script 3>$null } finally { $null = Stop-Transcript }
        Get-Content -Raw $file
    }
    finally {
        Remove-Item $file
    }
}

# the lines of an object as a console of so many columns shows them
function Format-At([Parameter(Mandatory)] $InputObject, [Parameter(Mandatory)] [int] $Width) {
    @(($InputObject | Out-String -Width $Width).TrimEnd() -split '\r?\n')
}

# a PowerShell of its own, as a runbook starts it: what it writes and its exit code
function Invoke-Pwsh([Parameter(Mandatory)] [string] $Command) {
    $manifest = (Join-Path $root 'Summit.Ops.psd1').Replace("'", "''")
    $output = & dotnet exec (Join-Path $PSHOME 'pwsh.dll') -NoLogo -NoProfile -NonInteractive -Command "Import-Module '$manifest'; $Command" 2>&1
    [pscustomobject]@{ ExitCode = $LASTEXITCODE; Output = @($output | ForEach-Object { [string] $_ }) }
}

Export-ModuleMember -Function Import-Summit, Open-Lab, Get-Completion, Get-Problem, Assert-Problem, Get-ProgressRecord, Get-WhatIf, Format-At, Invoke-Pwsh
