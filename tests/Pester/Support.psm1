# What the Pester files share: they import it in BeforeAll (and in BeforeDiscovery where their cases need it).

$root = (Resolve-Path (Join-Path $PSScriptRoot '../..')).Path

# the built module, as a session imports it
function Import-Summit {
    Import-Module (Join-Path $root 'Summit.Ops.psd1') -Global -Force
}

# the lab as a module; the scenarios' nginx comes from PATH or is fetched
function Import-SummitLab {
    $manifest = Join-Path $root 'src/Summit.Ops.Lab/Summit.Ops.Lab.psd1'
    Import-Module $manifest -Global
}

# what Tab offers at the end of a line
function Get-Completion([Parameter(Mandatory)] [string] $Line) {
    (TabExpansion2 -inputScript $Line -cursorColumn $Line.Length).CompletionMatches
}

# the error records of a script block, thrown or written
function Get-Problem([Parameter(Mandatory)] [scriptblock] $Script) {
    $problems = $null
    try {
        $null = & { [CmdletBinding()] param($Run) & $Run } $Script -ErrorAction SilentlyContinue -ErrorVariable problems
    }
    catch {
        return $_
    }
    $problems | Where-Object { $_ -is [Management.Automation.ErrorRecord] }
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

Export-ModuleMember -Function Import-Summit, Import-SummitLab, Get-Completion, Get-Problem, Format-At, Invoke-Pwsh
