# The examples that run a watch, as a scheduler runs them: against a real site, and a webhook that listens here.

BeforeAll {
    Import-Module "$PSScriptRoot/Support.psm1"
    Import-Summit
    $lab = Open-Lab
    $examples = (Resolve-Path "$PSScriptRoot/../../examples").Path
    $refused = 'ws://127.0.0.1:1/ws'
}

AfterAll {
    Stop-SummitLab -Lab $lab
}

Describe 'examples/watch.ps1' {
    It 'adds to the record of the day, and makes a page and figures of it' {
        $siteFile = Join-Path $TestDrive 'watch.site.json'
        $folder = Join-Path $TestDrive 'watch'
        $null = $lab.Site | Export-SummitSite -Path $siteFile
        $null = New-Item -ItemType Directory $folder
        $old = New-Item -ItemType File (Join-Path $folder 'watch-2020-01-01.jsonl')
        $old.LastWriteTimeUtc = [datetime]::new(2020, 1, 1)
        foreach ($run in 1, 2) {
            $ran = Invoke-Pwsh "& '$examples/watch.ps1' -SiteFile '$siteFile' -Folder '$folder' -Minutes 0.02 -Interval 0.3"
            $ran.ExitCode | Should -Be 0 -Because "$($ran.Output)"
            $ran.Output[0] | Should -Match 'Up' -Because "run $run"
        }

        (Get-ChildItem $folder).Name -replace '\d{4}-\d\d-\d\d', 'DATE' | Sort-Object -Unique | Should -Be 'watch-DATE.jsonl', 'watch.html', 'watch.prom'
        Test-Path $old | Should -BeFalse
        $summaries = Get-ChildItem $folder -Filter *.jsonl | Import-SummitReport | Where-Object { $_ -is [Summit.Ops.SummitWatchSummary] }
        $summaries.Count | Should -Be 2
        Get-Content (Join-Path $folder watch.prom) | Should -Contain "summit_websocket_up{uri=`"$($lab.Site.Uri)`",site=`"$($lab.Site.Name)`"} 1"
    }
}

Describe 'examples/watch.runbook.ps1' {
    BeforeAll {
        # answers each request with 200, or what else it is told; what it was sent comes out of the job
        $webhook = {
            param([Net.Sockets.TcpListener] $Listener, [string] $Answer)
            while ($true) {
                $client = $Listener.AcceptTcpClient()
                try {
                    $reader = [IO.StreamReader]::new($client.GetStream())
                    $length = 0
                    while ($line = $reader.ReadLine()) { if ($line -match '^Content-Length: (\d+)') { $length = [int] $Matches[1] } }
                    $buffer = [char[]]::new($length)
                    $null = $reader.ReadBlock($buffer, 0, $length)
                    [string]::new($buffer)
                    $client.GetStream().Write([Text.Encoding]::ASCII.GetBytes("HTTP/1.1 $Answer`r`nContent-Length: 0`r`nConnection: close`r`n`r`n"))
                } finally {
                    $client.Dispose()
                }
            }
        }
    }

    BeforeEach {
        $listener = [Net.Sockets.TcpListener]::new([Net.IPAddress]::Loopback, 0)
        $listener.Start()
        $hook = "http://127.0.0.1:$($listener.LocalEndpoint.Port)/secretpath"
    }

    AfterEach {
        $listener.Stop()
        $job | Remove-Job -Force
    }

    It 'tells a webhook what is down, and not what is up when it begins' {
        $job = Start-ThreadJob $webhook -ArgumentList $listener, '200 OK'
        $ran = Invoke-Pwsh "& '$examples/watch.runbook.ps1' -Uri 'ws://127.0.0.1:$($lab.BackendPort)/ws, $refused' -WebhookUri '$hook' -Minutes 0.02 -Interval 0.3"
        $ran.ExitCode | Should -Be 0 -Because "$($ran.Output)"
        $told = @(Receive-Job $job)
        $told.Count | Should -Be 1 -Because "$told"
        $change = $told[0] | ConvertFrom-Json
        $change.uri, $change.state, $change.cause | Should -Be $refused, 'Down', 'NginxNotRunning'
        $change.text | Should -Match 'is Down: Connection refused'
        "$($ran.Output)" | Should -Not -Match secretpath
    }

    It 'goes on where the webhook fails, and says so without its address' {
        $job = Start-ThreadJob $webhook -ArgumentList $listener, '403 Forbidden'
        $ran = Invoke-Pwsh "& '$examples/watch.runbook.ps1' -Uri '$refused' -WebhookUri '$hook' -Minutes 0.02 -Interval 0.3"
        $ran.ExitCode | Should -Be 0 -Because "$($ran.Output)"
        "$($ran.Output)" | Should -Match 'webhook was not told of this \(.*403'
        "$($ran.Output)" | Should -Not -Match secretpath
    }
}

Describe 'examples/summit-watch.service and .timer' {
    It 'are what systemd takes' {
        if (-not (Get-Command systemd-analyze -ErrorAction Ignore)) {
            Set-ItResult -Skipped -Because 'systemd-analyze is not installed here'
            return
        }

        # the program is looked for as well, and no PowerShell is in /usr/bin here
        foreach ($kind in 'service', 'timer') {
            (Get-Content -Raw "$examples/summit-watch.$kind").Replace('/usr/bin/pwsh', '/bin/true') | Set-Content (Join-Path $TestDrive "summit-watch.$kind") -NoNewline
        }

        $said = & systemd-analyze verify --man=no (Join-Path $TestDrive summit-watch.service) (Join-Path $TestDrive summit-watch.timer) 2>&1
        $LASTEXITCODE | Should -Be 0 -Because "$said"
        "$said" | Should -Not -Match 'summit-watch'
    }

    It 'call watch.ps1 by the parameters that it has' {
        $line = (Get-Content "$examples/summit-watch.service") -match '^ExecStart='
        $names = [regex]::Matches(($line -split 'watch\.ps1')[1], ' -(\w+) ').ForEach({ $_.Groups[1].Value })
        $names | Should -Be SiteFile, Folder
        (Get-Command "$examples/watch.ps1").Parameters.Keys | Should -Contain SiteFile
        (Get-Command "$examples/watch.ps1").Parameters.Keys | Should -Contain Folder
    }
}

Describe 'examples/summit-watch.task.xml' {
    BeforeAll {
        $task = [xml](Get-Content -Raw "$examples/summit-watch.task.xml")
    }

    It 'is a task that runs without an end, once at a time' {
        $task.Task.NamespaceURI | Should -BeExactly 'http://schemas.microsoft.com/windows/2004/02/mit/task'
        [Xml.XmlConvert]::ToTimeSpan($task.Task.Triggers.TimeTrigger.Repetition.Interval) | Should -Be ([timespan]::FromMinutes(1))
        $task.Task.Triggers.TimeTrigger.Repetition['Duration'] | Should -BeNullOrEmpty
        $task.Task.Settings.MultipleInstancesPolicy | Should -BeExactly 'IgnoreNew'
        # longer than a run
        [Xml.XmlConvert]::ToTimeSpan($task.Task.Settings.ExecutionTimeLimit) | Should -BeGreaterThan ([timespan]::FromMinutes(20))
        $task.Task.Principals.Principal.id | Should -BeExactly $task.Task.Actions.Context
    }

    It 'calls watch.ps1 by the parameters that it has' {
        $problems = $null
        $command = [Management.Automation.Language.Parser]::ParseInput("pwsh $($task.Task.Actions.Exec.Arguments)", [ref] $null, [ref] $problems).
            Find({ $args[0] -is [Management.Automation.Language.CommandAst] }, $true)
        $problems | Should -BeNullOrEmpty
        $script = $command.CommandElements | Where-Object { $_ -is [Management.Automation.Language.StringConstantExpressionAst] -and $_.Value -match 'watch\.ps1$' }
        $script.Value | Should -BeLike '*\examples\watch.ps1'
        $after = $command.CommandElements | Where-Object { $_ -is [Management.Automation.Language.CommandParameterAst] -and $_.Extent.StartOffset -gt $script.Extent.StartOffset }
        $after.ParameterName | Should -Be SiteFile, Folder
    }
}
