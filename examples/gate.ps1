<#
.SYNOPSIS
Gates a deployment in plain CI: exit code 0 lets it through, 1 stops it, 2 means that it could not find out.

.DESCRIPTION
Diagnoses the site of a file, on this machine or on instances over AWS Systems Manager, and says in one line what it found.
Advice, symptoms of another failure, and failures that the site file accepts do not stop a deployment.

.EXAMPLE
./gate.ps1 -SiteFile ./chat.site.json -Tag @{ Role = 'web' } -Region eu-west-1 -ReportFolder ./reports
#>
[CmdletBinding()]
param(
    # The site, as Export-SummitSite wrote it. Not mandatory to the engine: that would prompt, or end with 1.
    [string] $SiteFile,

    # The instances; this machine where none is named.
    [string[]] $InstanceId,

    [hashtable] $Tag,

    [string] $Region,

    # The least severity that stops the deployment.
    [ValidateSet('Warning', 'Error')]
    [string] $MinimumSeverity = 'Warning',

    # A folder for websocket.xml (JUnit), websocket.html and websocket.json; it is made where it is missing.
    [string] $ReportFolder,

    # An earlier websocket.json: the reports then say what is new and what was fixed.
    [string] $Baseline
)

$ErrorActionPreference = 'Stop'
try {
    if (-not (Get-Command Invoke-SummitDiagnostic -ErrorAction Ignore)) { Import-Module "$PSScriptRoot/../Summit.Ops.psd1" }
    # an instance that was asked for and is none (an empty variable of the pipeline) must not become this machine
    if ($PSBoundParameters.ContainsKey('InstanceId') -and (-not $InstanceId -or $InstanceId -contains '')) { throw '-InstanceId was given without the id of an instance.' }
    if (-not $SiteFile) { throw '-SiteFile names no file. Make one: New-SummitSite -ServerName HOST | Export-SummitSite -Path ./HOST.site.json' }
    # before the diagnosis: a folder that cannot be made must not cost the whole run
    if ($ReportFolder) { $null = New-Item -ItemType Directory -Path $ReportFolder -Force }
    $where = @{}
    foreach ($name in 'InstanceId', 'Tag', 'Region') { if ($PSBoundParameters.ContainsKey($name)) { $where[$name] = $PSBoundParameters[$name] } }
    $diagnoses = @(Invoke-SummitDiagnostic -Site (Import-SummitSite -Path $SiteFile) @where)

    if ($ReportFolder) {
        $report = @{ MinimumSeverity = $MinimumSeverity; Force = $true }
        if ($Baseline) { $report.Baseline = $Baseline }
        foreach ($extension in 'xml', 'html', 'json') { $null = $diagnoses | Export-SummitReport -Path "$ReportFolder/websocket.$extension" @report }
    }
} catch {
    "could not find out: $_"
    exit 2
}

$stopped = $false
$blind = $false
foreach ($diagnosis in $diagnoses) {
    $failures = @($diagnosis.Failures | Where-Object Severity -GE $MinimumSeverity)
    # a WebSocket that does not open stops it also where nothing that was looked at says why
    $stops = $failures.Count -gt 0 -or ($diagnosis.LookedAt -and -not $diagnosis.Healthy -and $diagnosis.Causes.Count -eq 0)
    # and where nobody could look at the host, nothing lets it through: what opens may be another host's
    $unseen = -not $stops -and -not $diagnosis.LookedAt
    "$(if ($stops) { 'STOP' } elseif ($unseen) { 'could not find out:' } else { 'pass' }) $diagnosis"
    if ($unseen) { "     $($diagnosis.NotReached)" }
    foreach ($check in $failures) { "     $($check.Id): $($check.Evidence)"; "     run next: $($check.Fix)" }
    $stopped = $stopped -or $stops
    $blind = $blind -or $unseen
}

if ($diagnoses.Count -eq 0) {
    'could not find out: no host answered'
    exit 2
}

if ($blind -and -not $stopped) { exit 2 }
exit [int] $stopped
