#Requires -Version 7.4
<#
.SYNOPSIS
    An Azure Automation runbook: watches WebSockets from Azure, and tells a webhook what changes.
.DESCRIPTION
    Import Summit.Ops.zip (build.ps1 -Task Pack) as a module into a runtime environment with PowerShell 7.4, and make a runbook of this
    file. Keep the webhook's address as an encrypted variable named SummitWebhook: whoever has it can write there. Each change is sent as
    JSON with a text, as Slack and Teams take it, and with the fields apart, for a program.

    A sandbox ends a job after three hours, so a run watches for less, and a schedule starts it each hour. What is down when a run begins
    is told again. A webhook that does not answer ends nothing: the change stands in the output and the warning in the job's log.
.EXAMPLE
    ./watch.runbook.ps1 -Uri wss://summit-api.codingeverest.com/ws -WebhookUri https://hooks.example.com/T0/B0/x -Minutes 1
    The same, tried at a prompt.
#>
param(
    # What is watched, separated by commas: the portal passes one text.
    [Parameter(Mandatory)] [string] $Uri,

    # Where changes are sent. Empty takes the variable SummitWebhook of the automation account.
    [string] $WebhookUri,

    # How long a run watches.
    [double] $Minutes = 59.5,

    # From one probe to the next, in seconds.
    [double] $Interval = 5
)

$ErrorActionPreference = 'Stop'
if (-not (Get-Command Watch-SummitWebSocket -ErrorAction Ignore)) { Import-Module Summit.Ops }
if (-not $WebhookUri) { $WebhookUri = Get-AutomationVariable -Name SummitWebhook }

function Send-Change($Change) {
    $body = @{
        text = "$($Change.Uri) is $($Change.State): $($Change.Explanation)"; uri = $Change.Uri; state = "$($Change.State)"; cause = "$($Change.Cause)"; fix = $Change.Fix
        time = $Change.Time.UtcDateTime.ToString('o'); outageSeconds = $Change.Outage.TotalSeconds
    } | ConvertTo-Json
    try {
        $null = Invoke-RestMethod -Uri $WebhookUri -Method Post -ContentType 'application/json; charset=utf-8' -Body $body `
            -TimeoutSec 15 -MaximumRetryCount 2 -RetryIntervalSec 2
    } catch {
        # not the address: it is a secret
        Write-Warning "The webhook was not told of this ($($_.Exception.Message.Replace($WebhookUri, '***'))): $Change"
    }
}

$Uri -split '\s*,\s*' | Watch-SummitWebSocket -Interval $Interval -Duration ($Minutes * 60) | ForEach-Object {
    "$_"
    # that it is up when a run begins is no news
    $news = $_ -is [Summit.Ops.SummitWebSocketTransition] -and -not ($_.State -eq 'Up' -and $_.Previous -eq 'Unknown')
    if ($news) { Send-Change $_ }
}
