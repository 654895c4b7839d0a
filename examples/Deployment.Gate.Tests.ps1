#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.3.0' }

<#
.SYNOPSIS
Gates a deployment with Pester 5: one It for the verdict and one for each check, on each host.

.DESCRIPTION
The diagnosis is made once, when Pester discovers the tests. A check that counts fails its test, with its evidence and the
next command; what does not apply, could not be looked at, is advice, follows from another failure or is accepted by the site
file is skipped, with the reason.

.EXAMPLE
Invoke-Pester -Container (New-PesterContainer -Path ./Deployment.Gate.Tests.ps1 -Data @{ SiteFile = './chat.site.json'; Tag = @{ Role = 'web' } })
#>
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSReviewUnusedParameter', '', Justification = 'Used in BeforeDiscovery and in It.')]
param(
    # The site, as Export-SummitSite wrote it.
    [string] $SiteFile = "$PSScriptRoot/summit-api.site.json",

    # The instances; this machine where none is named.
    [string[]] $InstanceId,

    [hashtable] $Tag,

    [string] $Region,

    # A JSON report to judge in the place of a new diagnosis.
    [string] $Report,

    # The least severity that fails a test.
    [ValidateSet('Warning', 'Error')]
    [string] $MinimumSeverity = 'Warning'
)

# in a block it would be the block's own
$given = $PSBoundParameters

BeforeDiscovery {
    if (-not (Get-Command Invoke-SummitDiagnostic -ErrorAction Ignore)) { Import-Module "$PSScriptRoot/../Summit.Ops.psd1" -ErrorAction Stop }
    $where = @{ ErrorAction = 'Stop' }
    # what was given is passed on even where it is empty: an empty variable must be an error, and not become this machine
    foreach ($name in 'InstanceId', 'Tag', 'Region') { if ($given.ContainsKey($name)) { $where[$name] = $given[$name] } }
    if (-not $Report -and -not (Test-Path -LiteralPath $SiteFile -PathType Leaf)) { throw "There is no site file '$SiteFile': -Data @{ SiteFile = 'FILE' } names it." }
    $diagnoses = @(
        if ($Report) { Import-SummitReport -Path $Report -ErrorAction Stop }
        else { Invoke-SummitDiagnostic -Site (Import-SummitSite -Path $SiteFile -ErrorAction Stop) @where }
    )
    if ($diagnoses.Count -eq 0) { throw 'No host was looked at, so nothing can be let through.' }
}

Describe 'The WebSocket of <_.Site.Name> on <_.Target.Name>' -ForEach $diagnoses {
    It 'opens, or all that keeps it from opening is accepted' {
        $because = if ($_.Causes) { "$($_.Causes[0].Explanation) $($_.Causes[0].Evidence) Run next: $($_.Causes[0].Fix)" } elseif (-not $_.LookedAt) { "the host could not be looked at: $($_.NotReached)" } else { "$($_.RootCause)" }
        $errors = @($_.Failures | Where-Object Severity -EQ 'Error')
        ($_.Healthy -or ($_.LookedAt -and $_.Causes.Count -gt 0 -and $errors.Count -eq 0)) | Should -BeTrue -Because $because
    }

    It '<_.Id>: <_.Title>' -ForEach $_.Checks {
        if ($_.Status -ne 'Pass' -and -not ($_.IsFailure -and $_.Severity -ge $MinimumSeverity)) {
            $reason = if ($_.Suppression) { "accepted: $($_.Suppression)" } elseif ($_.ExplainedBy -ne 'None') { "follows from $($_.ExplainedBy)" } else { $_.Evidence }
            Set-ItResult -Skipped -Because "$(if ($_.Status -eq 'Fail') { $_.Severity } else { $_.Status }): $reason"
        }

        $_.Status | Should -Be 'Pass' -Because "$($_.Evidence) Run next: $($_.Fix)"
    }
}
