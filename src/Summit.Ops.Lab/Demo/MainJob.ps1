# The main job on a lab that is broken: what the client sees, why, the change, the repair, the proof.
# Everything in it is a cmdlet of the module, run as an admin would run it; nothing is printed that they did not give.
# Exit code 0: the diagnosis names the cause that the scenario promises, and what a cmdlet can repair is repaired and verified.
# A log of it is as readable as a terminal.
if ([Console]::IsOutputRedirected) { $PSStyle.OutputRendering = 'PlainText' }
# PowerShell breaks lines between words only in a language that it knows.
if (-not [CultureInfo]::CurrentCulture.Name) { [CultureInfo]::CurrentCulture = 'en-US' }

$site = $Lab.Site
$width = [Math]::Min($Host.UI.RawUI.BufferSize.Width, 100)

function Show-Line([string] $Text = '') { Write-Host $Text }

# Prose, broken between words.
function Show-Text([string] $Text) {
    $line = ''
    foreach ($word in $Text -split ' ') {
        if ($line -and $line.Length + 1 + $word.Length -gt $width) {
            Show-Line $line
            $line = ''
        }

        $line = $line ? "$line $word" : $word
    }

    Show-Line $line
}

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

# Ends the demo with what is left to do.
function Exit-Demo([int] $Code, [string] $Reason, [string] $Next) {
    Show-Line
    Show-Text (($Code ? $PSStyle.Foreground.Red : $PSStyle.Foreground.Yellow) + $Reason + $PSStyle.Reset)
    if ($Next) {
        Show-Line 'Run next:'
        Show-Line "  $Next"
    }

    exit $Code
}

$ca = $site.CertificateAuthorityPath
$probe = 'Test-SummitWebSocket -Uri $site.Uri -CertificateAuthority $ca'

Show-Line ($PSStyle.Bold + "Summit.Ops: why does $($site.Uri) not work, and how is it fixed?" + $PSStyle.Reset)
Show-Line
Show-Text 'A lab on this machine, on 127.0.0.1 only: a real nginx with TLS and a WebSocket backend behind it. $site says where everything is, and $ca is the authority that signed the certificate.'
Show-Text "Scenario $($Lab.Scenario): $($Lab.Description)."

Show-Step 1 'What the client sees'
Show-Command $probe
$before = & ([scriptblock]::Create($probe))
$before | Out-Host

Show-Step 2 'Diagnosed: the first broken layer, with its evidence'
# a fault of the account's network is seen over Systems Manager only
$diagnose = 'Invoke-SummitDiagnostic -Site $site' + ($Lab.OverSystemsManager ? ' -Target $Lab.Target' : '')
Show-Command $diagnose
$diagnosis = & ([scriptblock]::Create($diagnose))
if (-not $diagnosis) { Exit-Demo 1 'There is no diagnosis: see the error above.' }
$diagnosis | Out-Host

if ($diagnosis.RootCause -ne $Lab.Expected -and $diagnosis.RootCause -notin $Lab.AlsoTrue) {
    Exit-Demo 1 "The scenario's cause is $($Lab.Expected), and the diagnosis names $($diagnosis.RootCause)."
}

if ($diagnosis.Healthy) {
    if (-not $before.Success) { Exit-Demo 1 'The diagnosis finds nothing, and yet the client cannot connect.' $before.Fix }
    Show-Line
    Show-Line 'Nothing is broken, so nothing is changed.'
    Show-Proof $before
    exit 0
}

# the repair is what the diagnosis says to run next, where that is a cmdlet that repairs, and nothing has to be done by hand first (a remark says what); a file that routes wrongly is repaired by a deployment
$cause = $diagnosis.Causes[0]
$cmdlet = if ($cause.Fix -match '^(Deploy-SummitNginxConfig|Restart-SummitNginx|Restart-SummitBackend)\b[^#]*$') { $Matches[1] }
elseif ($diagnosis.RootCause -in 'NginxLocationMissing', 'NginxUpgradeHeadersMissing', 'NginxHttpVersion', 'NginxLocationShadowed', 'NginxRedirect', 'NginxWrongServer', 'NginxUpstreamMismatch') { 'Deploy-SummitNginxConfig' }
if (-not $cmdlet) { Exit-Demo 0 "$($diagnosis.RootCause): no cmdlet repairs this by itself." $cause.Fix }

$repair = "$cmdlet -Site `$site"
$deploys = $cmdlet -eq 'Deploy-SummitNginxConfig'

Show-Step 3 'The change: shown first, nothing is touched'
Show-Command "$repair -WhatIf"
$errorsBefore = $Error.Count
$unchanged = & ([scriptblock]::Create("$repair -WhatIf"))
if ($unchanged -and $deploys) {
    Show-Text 'The file is there, and the deployment leaves it as it is. The whole expected file instead:'
    $repair += ' -Replace'
    Show-Command "$repair -WhatIf"
    & ([scriptblock]::Create("$repair -WhatIf")) | Out-Host
}

if ($Error.Count -gt $errorsBefore) { Exit-Demo 1 'The change is refused, and nothing was touched: the error above says what to do.' }

Show-Step 4 ($deploys ? 'Deployed: tested, backed up, reloaded, verified' : $cmdlet -eq 'Restart-SummitBackend' ? 'Done: restarted, listening, and answering an upgrade' : 'Done: tested, and taken by nginx')
Show-Command $repair
$deployment = & ([scriptblock]::Create($repair))
if (-not $deployment) { Exit-Demo 1 'It was not repaired: see the error above.' $cause.Fix }
$deployment | Out-Host

Show-Step 5 'Verified: the same client again'
Show-Command $probe
$after = & ([scriptblock]::Create($probe))
$after | Out-Host
if (-not $after.Success) { Exit-Demo 1 "It is not repaired: $($after.Explanation)" $after.Fix }
Show-Proof $after
exit 0
