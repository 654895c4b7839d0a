#Requires -Version 7.4
<#
.SYNOPSIS
    Watches a site for some minutes, and makes a page and figures for Prometheus of the day so far.
.DESCRIPTION
    For a scheduler that starts it again as soon as it has ended: summit-watch.timer (systemd) and summit-watch.task.xml (Windows), both
    beside it. The folder gets watch-DATE.jsonl (the record of the day), watch.html, and watch.prom for the node exporter's textfile
    collector.
.EXAMPLE
    ./examples/watch.ps1 -SiteFile ./chat.site.json -Folder ./watch -Minutes 1
    Watches for a minute. The next run adds to the same record.
#>
param(
    # The site's file, as Export-SummitSite writes it.
    [Parameter(Mandatory)] [string] $SiteFile,

    # Where the files go; it is made where it is missing.
    [Parameter(Mandatory)] [string] $Folder,

    # How long a run watches.
    [double] $Minutes = 15,

    # From one probe to the next, in seconds.
    [double] $Interval = 5,

    # Records that are older are removed.
    [int] $KeepDays = 60
)

$ErrorActionPreference = 'Stop'
if (-not (Get-Command Watch-SummitWebSocket -ErrorAction Ignore)) { Import-Module "$PSScriptRoot/../Summit.Ops.psd1" }
$null = New-Item -ItemType Directory -Path $Folder -Force
$record = Join-Path $Folder "watch-$([datetime]::UtcNow.ToString('yyyy-MM-dd')).jsonl"

# a change is also a line in the scheduler's log
Import-SummitSite -Path $SiteFile | Watch-SummitWebSocket -Interval $Interval -Duration ($Minutes * 60) -OutFile $record |
    ForEach-Object { "$_" }

$seen = Import-SummitReport -Path $record
foreach ($file in 'watch.html', 'watch.prom') { $null = $seen | Export-SummitReport -Path (Join-Path $Folder $file) -Force }

Get-ChildItem -Path $Folder -Filter 'watch-*.jsonl' | Where-Object LastWriteTimeUtc -LT ([datetime]::UtcNow.AddDays(-$KeepDays)) | Remove-Item
