BeforeAll {
    Import-Module "$PSScriptRoot/Support.psm1"
    Import-Summit
    $lab = Open-Lab
    $site = $lab.Site
    $refused = 'ws://127.0.0.1:1/ws'
}

AfterAll {
    Stop-SummitLab -Lab $lab
}

Describe 'Watch-SummitWebSocket' {
    It 'takes a site from the pipeline and ends when it is up' {
        $transition, $summary = $site | Watch-SummitWebSocket -Until Up -Interval 0.2 -Duration 60
        $transition.State | Should -Be 'Up'
        $transition.Previous | Should -Be 'Unknown'
        $transition.Cause | Should -Be 'None'
        $transition.Site.Name | Should -Be $site.Name
        $transition.WebSocket.Success | Should -BeTrue
        $summary.State | Should -Be 'Up'
        $summary.Availability | Should -Be 1
    }

    It 'takes URIs by property name, and tells a failure with its cause' {
        $transition = [pscustomobject]@{ Uri = $refused } | Watch-SummitWebSocket -Until Down -ErrorAction Stop | Select-Object -First 1
        $transition.State | Should -Be 'Down'
        $transition.Cause | Should -Be 'NginxNotRunning'
        $transition.Reason | Should -Be 'Failed'
        $transition.Attempts | Should -Be 1
    }

    It 'watches many at once, each to its own end' {
        $summaries = @($refused, 'ws://127.0.0.1:2/ws' | Watch-SummitWebSocket -Interval 0.2 -Duration 1 | Where-Object { $_ -is [Summit.Ops.SummitWatchSummary] })
        $summaries.Count | Should -Be 2
        $summaries.Availability | Should -Be 0, 0
        ($summaries | Measure-Object Outages -Sum).Sum | Should -Be 2
    }

    It 'is an error where the time is up before the goal' {
        Assert-Problem { Watch-SummitWebSocket $refused -Until Up -Interval 0.2 -Duration 0.5 } WatchTimeout OperationTimeout
    }

    It 'refuses <Id>' -ForEach @(
        @{ Arguments = @{ Uri = 'http://x' }; Id = 'UriSchemeInvalid' }
        @{ Arguments = @{ Uri = 'ws://127.0.0.1:1/'; Interval = 0 }; Id = 'IntervalInvalid' }
        @{ Arguments = @{ Uri = 'ws://127.0.0.1:1/'; Duration = -1 }; Id = 'DurationInvalid' }
        @{ Arguments = @{ Uri = 'ws://127.0.0.1:1/'; CertificateDays = -1 }; Id = 'CertificateDaysInvalid' }
        @{ Arguments = @{ Uri = 'ws://127.0.0.1:1/'; Diagnose = $true }; Id = 'DiagnoseNeedsSite' }
        @{ Arguments = @{ Uri = 'ws://127.0.0.1:1/'; SaveEvidence = '/no/such/folder' }; Id = 'EvidenceFolderNotFound' }
    ) {
        Assert-Problem { Watch-SummitWebSocket @Arguments -Until Down } $Id
    }

    It 'tells that a certificate is soon over' {
        $transition = Watch-SummitWebSocket -Site $site -CertificateDays 3650 -Until Up | Select-Object -First 1
        $transition.State | Should -Be 'Degraded'
        $transition.Reason | Should -Be 'CertificateSoonOver'
    }

    It 'keeps a record that is continued, read back, and made a page and figures of' {
        $record = Join-Path $TestDrive 'watch.jsonl'
        $null = $site, $refused | Watch-SummitWebSocket -Interval 0.2 -Duration 1 -OutFile $record
        $null = Watch-SummitWebSocket $refused -Interval 0.2 -Until Down -OutFile $record
        $read = Import-SummitReport $record
        @($read | Where-Object { $_ -is [Summit.Ops.SummitWatchSummary] }).Count | Should -Be 3
        ($read | Where-Object { $_ -is [Summit.Ops.SummitWatchSample] } | Measure-Object Failed -Sum).Sum | Should -BeGreaterThan 1
        @($read | Where-Object { $_ -is [Summit.Ops.SummitWebSocketTransition] }).State | Should -Contain 'Up'
        (Get-Content $record).Count | Should -Be (1 + $read.Count)
        $page = $read | Export-SummitReport -Path (Join-Path $TestDrive 'watch.html')
        Get-Content $page -Raw | Should -Match 'State over time'
        $figures = Get-Content ($read | Export-SummitReport -Path (Join-Path $TestDrive 'watch.prom'))
        $figures | Should -Contain "summit_websocket_up{uri=`"$refused`"} 0"
        @($figures -match '^summit_websocket_up\{.*\} 1$').Count | Should -Be 1
    }

    It 'adds nothing to a file that is no record' {
        $other = Join-Path $TestDrive 'notes.txt'
        Set-Content $other 'mine'
        Assert-Problem { Watch-SummitWebSocket $refused -Until Down -OutFile $other } WatchFileInvalid
        Get-Content $other | Should -BeExactly 'mine'
    }

    It 'fits into 80 columns' {
        $transition = Watch-SummitWebSocket $refused -Until Down | Select-Object -First 1
        $lines = Format-At $transition 80
        ($lines | Measure-Object Length -Maximum).Maximum | Should -BeLessOrEqual 80
        $lines -join ' ' | Should -Match 'Down'
    }

    It 'completes -Until' {
        (Get-Completion 'Watch-SummitWebSocket -Until ').CompletionText | Should -Be 'Down', 'Up'
    }
}
