#Requires -Version 7.4
<#
.SYNOPSIS
    The guide's way from "it does not work" to "it works again", unattended: diagnose, deploy where that is the fix, verify.
.DESCRIPTION
    Run it on the server, as an account that may write nginx's files. Without -Deploy it changes nothing and shows what it would do.
    It ends with exit code 0 where a WebSocket opened in the end, else 1.
.EXAMPLE
    ./examples/summit-api.ps1
    Says what is wrong, and what a deployment would change.
.EXAMPLE
    ./examples/summit-api.ps1 -Deploy
    Mends what a deployment or a reload mends, and verifies it.
#>
param(
    # The site's file, as Export-SummitSite writes it.
    [string] $SiteFile = "$PSScriptRoot/summit-api.site.json",

    # Makes the change instead of showing it.
    [switch] $Deploy
)

$ErrorActionPreference = 'Stop'
Import-Module "$PSScriptRoot/../Summit.Ops.psd1"
$site = Import-SummitSite -Path $SiteFile

$diagnosis = Invoke-SummitDiagnostic -Site $site
$diagnosis
if ($diagnosis.Healthy) { exit 0 }
if (-not $diagnosis.Causes) { exit 1 }

# the diagnosis says what mends it; what is no cmdlet that repairs is for a person
switch -Regex ($diagnosis.Causes[0].Fix) {
    '^Deploy-SummitNginxConfig\b' { Deploy-SummitNginxConfig -Site $site -WhatIf:(-not $Deploy); break }
    '^Restart-SummitNginx\b(?!.*#)' { Restart-SummitNginx -Site $site -WhatIf:(-not $Deploy); break }
    '^Restart-SummitBackend\b' { Restart-SummitBackend -Site $site -WhatIf:(-not $Deploy); break }
    default { "This is not mended by a deployment or a restart. Run next: $_" }
}

$result = Test-SummitWebSocket -Site $site
$result
exit $(if ($result.Success) { 0 } else { 1 })
