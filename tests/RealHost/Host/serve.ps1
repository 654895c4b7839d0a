# Runs one PowerShell line after another that comes on standard input, each in base64, and answers each with one line of JSON in base64.
$ErrorActionPreference = 'Continue'
$ProgressPreference = 'SilentlyContinue'
Import-Module /opt/summit/Summit.Ops.psd1 -ErrorAction Stop
[Console]::Out.WriteLine('ready')
while ($null -ne ($line = [Console]::In.ReadLine())) {
    $script = [Text.Encoding]::UTF8.GetString([Convert]::FromBase64String($line))
    $watch = [Diagnostics.Stopwatch]::StartNew()
    $output = @(); $errors = @()
    try { $output = @(& ([scriptblock]::Create($script)) 2>&1 3>&1 6>&1) } catch { $errors = @("$_") }
    $errors += @($output | Where-Object { $_ -is [Management.Automation.ErrorRecord] } | ForEach-Object { "$_" })
    $text = $output | Where-Object { $_ -isnot [Management.Automation.ErrorRecord] } | Out-String -Width 4000
    $answer = @{ Output = $text; Errors = @($errors); Seconds = $watch.Elapsed.TotalSeconds } | ConvertTo-Json -Compress
    [Console]::Out.WriteLine([Convert]::ToBase64String([Text.Encoding]::UTF8.GetBytes($answer)))
    [Console]::Out.Flush()
}
