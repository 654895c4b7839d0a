#!/usr/bin/env pwsh
#Requires -Version 7.4
<#
.SYNOPSIS
    Makes the pictures of the README anew: the console's diagnosis as SVG, and the report's page as PNG where chromium is installed.
.DESCRIPTION
    Both show the lab's scenario upgrade-headers-missing, as the built module shows it.
.EXAMPLE
    dotnet pwsh docs/pictures/make.ps1
#>
[CmdletBinding()]
param()

$ErrorActionPreference = 'Stop'
$root = (Resolve-Path "$PSScriptRoot/../..").Path

# a console of so many columns, in the colours of its escape sequences
function ConvertTo-Svg([string[]] $Line, [int] $Columns) {
    $colours = @{ 31 = '#ff7b72'; 32 = '#7ee787'; 33 = '#e3b341'; 36 = '#79c0ff'; 90 = '#8b949e' }
    $height = 20 * $Line.Count + 32
    $width = [int] (8.45 * $Columns) + 32
    "<svg xmlns=`"http://www.w3.org/2000/svg`" width=`"$width`" height=`"$height`" viewBox=`"0 0 $width $height`" role=`"img`">"
    '<title>Invoke-SummitDiagnostic: the cause, its evidence, the next command, the proof and the checklist</title>'
    "<rect width=`"$width`" height=`"$height`" rx=`"8`" fill=`"#0d1117`"/>"
    '<g font-family="ui-monospace, DejaVu Sans Mono, Consolas, monospace" font-size="14" fill="#e6edf3">'
    $top = 32
    foreach ($text in $Line) {
        $fill = ''
        $weight = ''
        $spans = foreach ($part in [regex]::Split($text, '(\x1b\[[\d;]*m)')) {
            if ($part -match '^\x1b\[([\d;]*)m$') {
                foreach ($code in $Matches[1].Split(';')) {
                    if ($code -in '', '0') { $fill = $weight = '' }
                    elseif ($code -eq '1') { $weight = ' font-weight="bold"' }
                    elseif ($colours.ContainsKey([int] $code)) { $fill = " fill=`"$($colours[[int] $code])`"" }
                }
            }
            elseif ($part) { "<tspan$fill$weight>$([Security.SecurityElement]::Escape($part).Replace(' ', '&#160;'))</tspan>" }
        }
        if ($spans) { "<text x=`"16`" y=`"$top`">$(-join $spans)</text>" }
        $top += 20
    }
    '</g>'
    '</svg>'
}

Import-Module "$root/Summit.Ops.psd1", "$root/Summit.Ops.Lab.psd1"
$rendering = $PSStyle.OutputRendering
$page = Join-Path ([IO.Directory]::CreateTempSubdirectory('summit-pictures-')) 'report.html'
try {
    $lab = Start-SummitLab -Scenario upgrade-headers-missing
    $diagnosis = Invoke-SummitDiagnostic -Site $lab.Site
    $PSStyle.OutputRendering = 'Ansi'
    $shown = ($diagnosis | Out-String -Width 100) -replace "\b$([regex]::Escape([Environment]::MachineName))\b", 'web1'
    $lines = "`e[90mPS>`e[0m Invoke-SummitDiagnostic -Site `$site", '' + $shown.Trim("`n").Split("`n")
    Set-Content -Path "$PSScriptRoot/diagnosis.svg" -Value (ConvertTo-Svg $lines -Columns 100)

    $null = $diagnosis | Export-SummitReport -Path $page
    $html = (Get-Content -Raw $page) -replace "\b$([regex]::Escape([Environment]::MachineName))\b", 'web1'
    Set-Content -Path $page -Value $html
    $browser = Get-Command chromium, chromium-browser, google-chrome -ErrorAction Ignore | Select-Object -First 1
    if ($browser) {
        & $browser --headless=new --no-sandbox --disable-gpu --hide-scrollbars --window-size=1000,1150 "--screenshot=$PSScriptRoot/report.png" "file://$page" 2>$null
    }
    else { Write-Warning 'chromium is not installed: report.png stays as it is.' }
}
finally {
    $PSStyle.OutputRendering = $rendering
    Remove-Item (Split-Path $page) -Recurse -Force
    if ($lab) { Stop-SummitLab }
}
