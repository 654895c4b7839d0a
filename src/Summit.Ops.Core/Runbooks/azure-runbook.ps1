#Requires -Version 7.4
<#
.SYNOPSIS
    Finds out why a site's WebSockets do not work on EC2 instances, mends it where it may, and fails where it is not healthy in the end.
.DESCRIPTION
    A runbook for Azure Automation, runtime PowerShell 7.4 or newer, made by Export-SummitRunbook of Summit.Ops. It asks nobody anything.

    Once, in the Automation account:
      1. The module: ./build.ps1 -Task Pack makes out/Summit.Ops.zip; add it under Shared resources > Modules (or to the runtime
         environment as a package), for PowerShell 7.4.
      2. A credential asset SummitAws: the user name is an AWS access key id, the password its secret. about_Summit_Permissions says what
         the key must be allowed. Nothing of it is written to the output.
      3. Variables SummitInstanceId (ids, with commas between them) and SummitRegion, where they are not given as parameters.
      4. This file: Import a runbook, type PowerShell, runtime 7.4; publish it.

    It reaches the instances through AWS Systems Manager, and the site as a client does. One object for each instance goes to the output,
    its diagnosis or its repair; the job fails with the cause where an instance is not healthy in the end.
.PARAMETER InstanceId
    The instances' ids, with commas between them; the variable SummitInstanceId where it is empty.
.PARAMETER Region
    The AWS region; the variable SummitRegion where it is empty.
.PARAMETER Repair
    Mends what a deployment, a reload or a restart of the backend mends. Without it nothing is changed.
#>
param(
    [string] $InstanceId = '',
    [string] $Region = '',
    [bool] $Repair = $false
)

$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
Import-Module Summit.Ops

if (-not $InstanceId) { $InstanceId = Get-AutomationVariable -Name 'SummitInstanceId' }
if (-not $Region) { $Region = Get-AutomationVariable -Name 'SummitRegion' }
$connection = @{ Credential = Get-AutomationPSCredential -Name 'SummitAws'; Region = $Region }

# the site as Export-SummitSite writes it
$siteFile = [System.IO.Path]::GetTempFileName()
try {
    [System.IO.File]::WriteAllText($siteFile, @'
SITE_AS_JSON
'@)
    $site = Import-SummitSite -Path $siteFile
}
finally {
    [System.IO.File]::Delete($siteFile)
}

# what is broken is output, not an error; an error means that it could not be found out, and fails the job after the other instances
$unhealthy = @()
foreach ($id in $InstanceId -split ',') {
    try {
        $on = @{ Site = $site; InstanceId = $id.Trim() } + $connection
        if ($Repair) {
            # diagnoses, does what the diagnosis asks for and a cmdlet can do, and diagnoses again
            # what could not be repaired is an error beside the result; without a result nothing could be found out
            $result = Repair-SummitWebSocket @on -Confirm:$false -ErrorAction SilentlyContinue -ErrorVariable told
            if (-not $result) { throw $told[0] }
            $diagnosis = if ($result.After) { $result.After } else { $result.Before }
        }
        else {
            $result = $diagnosis = Invoke-SummitDiagnostic @on
        }

        $result
        if (-not $diagnosis.Healthy) {
            $cause = if ($diagnosis.Causes) { $diagnosis.Causes[0] }
            $unhealthy += if ($cause) { "${id}: $($diagnosis.RootCause). $($cause.Explanation) Run next: $($cause.Fix)" } else { "$diagnosis. $($diagnosis.NotReached)" }
        }
    }
    catch {
        $unhealthy += "${id}: $($_.Exception.Message)"
    }
}

if ($unhealthy) { throw "Not healthy: $($unhealthy -join '; ')" }
