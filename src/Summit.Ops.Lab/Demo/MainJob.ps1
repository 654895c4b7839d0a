# The main job on a lab that is broken: what the client sees, why, the change, the repair, the proof.
# Everything in it is a cmdlet of the module, run as an admin would run it; nothing is printed that they did not give.
param(
    [Parameter(Mandatory)] $Lab,
    [Parameter(Mandatory)] [string] $Description
)

$site = $Lab.Site
$width = [Math]::Min($Host.UI.RawUI.BufferSize.Width, 100)

function Show-Line([string] $Text = '') { $Host.UI.WriteLine($Text) }

function Show-Step([int] $Number, [string] $Title) {
    Show-Line
    Show-Line ($PSStyle.Bold + "== $Number. $Title ".PadRight($width, '=') + $PSStyle.Reset)
}

function Show-Command([string] $Text) { Show-Line ($PSStyle.Foreground.Cyan + "PS> $Text" + $PSStyle.Reset) }

function Show-Proof($Result) {
    Show-Line
    Show-Line ($PSStyle.Foreground.Green + "$($Result.HttpStatus) $($Result.HttpReason)" + $PSStyle.Reset)
    Show-Line $Result.FirstMessage
}

# Ends the demo: what is broken is still broken, and this is the next thing to do.
function Exit-Unrepaired([string] $Reason, [string] $Next) {
    Show-Line
    Show-Line ($PSStyle.Foreground.Red + $Reason + $PSStyle.Reset)
    if ($Next) {
        Show-Line 'Run next:'
        Show-Line "  $Next"
    }

    exit 1
}

$probe = 'Test-SummitWebSocket -Uri $site.Uri -CertificateAuthority $site.CertificateAuthorityPath'

Show-Line ($PSStyle.Bold + "Summit.Ops: why does $($site.Uri) not work, and how is it fixed?" + $PSStyle.Reset)
Show-Line
Show-Line 'A lab on this machine, on 127.0.0.1 only: nginx with TLS, a WebSocket backend'
Show-Line 'behind it, and $site, which says where everything is.'
Show-Line "Scenario $($Lab.Scenario): $Description."

Show-Step 1 'What the client sees'
Show-Command $probe
$before = & ([scriptblock]::Create($probe))
$before | Out-Host

Show-Step 2 'Diagnosed: the first broken layer, with its evidence'
Show-Command 'Invoke-SummitDiagnostic -Site $site'
$diagnosis = Invoke-SummitDiagnostic -Site $site
if (-not $diagnosis) { Exit-Unrepaired 'There is no diagnosis: see the error above.' }
$diagnosis | Out-Host

if ($diagnosis.Healthy) {
    if (-not $before.Success) { Exit-Unrepaired 'The diagnosis finds nothing, and yet the client cannot connect.' $before.Fix }
    Show-Line
    Show-Line 'Nothing is broken, so nothing is changed.'
    Show-Proof $before
    exit 0
}

# the repair is what the diagnosis says to run next, where that is a cmdlet that repairs
$cause = $diagnosis.Causes[0]
if ($cause.Fix -notmatch '^(Deploy-SummitNginxConfig|Restart-SummitNginx)\b[^#;|&\r\n]*') {
    Exit-Unrepaired "$($diagnosis.RootCause): no cmdlet repairs this by itself." $cause.Fix
}

$repair = $Matches[0].Trim()
$deploys = $Matches[1] -eq 'Deploy-SummitNginxConfig'

Show-Step 3 'The change: shown first, nothing is touched'
Show-Command "$repair -WhatIf"
& ([scriptblock]::Create("$repair -WhatIf")) | Out-Host

Show-Step 4 ($deploys ? 'Deployed: tested, backed up, reloaded, verified' : 'nginx takes the configuration')
Show-Command $repair
$deployment = & ([scriptblock]::Create($repair))
if (-not $deployment) { Exit-Unrepaired 'It was not repaired: see the error above.' $cause.Fix }
$deployment | Out-Host

Show-Step 5 'Verified: the same client again'
Show-Command $probe
$after = & ([scriptblock]::Create($probe))
$after | Out-Host
if (-not $after.Success) { Exit-Unrepaired "It is not repaired: $($after.Explanation)" $after.Fix }
Show-Proof $after
exit 0
