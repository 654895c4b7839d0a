BeforeAll {
    Import-Module "$PSScriptRoot/Support.psm1"
    Import-Summit
    $lab = Open-Lab
    $site = $lab.Site
}

AfterAll {
    Stop-SummitLab -Lab $lab
}

Describe 'Measure-SummitWebSocket' {
    It 'takes a site from the pipeline and counts what opened' {
        $measured = $site | Measure-SummitWebSocket -Count 5 -Duration 0:0:1
        $measured.Connections | Should -Be 5
        $measured.Opened | Should -Be 5
        $measured.Open.P99 | Should -BeGreaterThan ([timespan]::Zero)
    }

    It 'takes URIs by property name' {
        $measured = [pscustomobject]@{ Uri = $lab.Uri } | Measure-SummitWebSocket -Count 2 -Duration 0:0:1 -CertificateAuthority $site.CertificateAuthorityPath
        $measured.Opened | Should -Be 2
    }

    It 'says why none opened, which is no error' {
        $measured = Measure-SummitWebSocket 'ws://127.0.0.1:1/ws' -Count 2 -Duration 0:0:1 -ErrorAction Stop
        $measured.Failed | Should -Be 2
        $measured.Failures[0].Cause | Should -Be 'NginxNotRunning'
    }

    It 'refuses <Arguments.Uri> -Count <Arguments.Count> with <Id>' -ForEach @(
        @{ Arguments = @{ Uri = 'http://x'; Count = 1 }; Id = 'UriSchemeInvalid' }
        @{ Arguments = @{ Uri = 'ws://127.0.0.1:1/'; Count = 0 }; Id = 'CountInvalid' }
    ) {
        Assert-Problem { Measure-SummitWebSocket @Arguments } $Id InvalidArgument
    }

    It 'shows progress, and completes it' {
        $records = @(Get-ProgressRecord '$null = $site | Measure-SummitWebSocket -Count 2 -Duration 0:0:2' @{ site = $site })
        $records | Should -Not -BeNullOrEmpty
        $records[-1].RecordType | Should -Be 'Completed'
    }
}
