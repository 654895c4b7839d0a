BeforeAll {
    Import-Module "$PSScriptRoot/Support.psm1"
    Import-Summit
}

Describe 'Import-SummitReport' {
    BeforeAll {
        $path = Join-Path $TestDrive 'report.json'
        $result = Test-SummitWebSocket 'ws://127.0.0.1:1/ws'
        $null = $result | Export-SummitReport -Path $path
    }

    It 'reads back what Export-SummitReport wrote, by pipeline and by property name' {
        ($path | Import-SummitReport).Cause | Should -Be $result.Cause
        ([pscustomobject]@{ Path = $path } | Import-SummitReport).FailedStage | Should -Be 'Tcp'
        (Get-Item $path | Import-SummitReport).Uri | Should -BeExactly $result.Uri
    }

    It 'takes wildcards with -Path and none with -LiteralPath' {
        (Import-SummitReport (Join-Path $TestDrive 'rep*.json')).Uri | Should -BeExactly $result.Uri
        Assert-Problem { Import-SummitReport -LiteralPath (Join-Path $TestDrive 'rep*.json') } ReportNotFound ObjectNotFound
    }

    It 'says that a file is missing' {
        Assert-Problem { Import-SummitReport (Join-Path $TestDrive 'none.json') } ReportNotFound ObjectNotFound
    }

    It 'says that a file is no report' {
        $other = Join-Path $TestDrive 'other.json'
        Set-Content $other '{ "a": 1 }'
        @(Get-Problem { Import-SummitReport $other })[0].ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
    }
}
