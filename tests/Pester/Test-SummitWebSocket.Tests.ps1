BeforeAll {
    Import-Module "$PSScriptRoot/Support.psm1"
    Import-Summit
    $lab = Open-Lab
    $site = $lab.Site
}

AfterAll {
    Stop-SummitLab -Lab $lab
}

Describe 'Test-SummitWebSocket' {
    It 'takes URIs from the pipeline, by property name and by a site' {
        $common = @{ CertificateAuthority = $site.CertificateAuthorityPath }
        ($lab.Uri | Test-SummitWebSocket @common).Success | Should -BeTrue
        ([pscustomobject]@{ Uri = $lab.Uri } | Test-SummitWebSocket @common).HttpStatus | Should -Be 101
        ($site | Test-SummitWebSocket).FirstMessage | Should -Match 'connected'
    }

    It 'answers for each URI, also where one fails' {
        $results = $lab.Uri, 'ws://127.0.0.1:1/ws' | Test-SummitWebSocket -CertificateAuthority $site.CertificateAuthorityPath
        $results.Success | Should -Contain $true
        ($results | Where-Object Success -EQ $false).FailedStage | Should -Be 'Tcp'
    }

    It 'takes a port where nothing listens for an answer, not for an error' {
        $result = Test-SummitWebSocket 'ws://127.0.0.1:1/ws' -ErrorAction Stop
        $result.Cause | Should -Be 'NginxNotRunning'
        $result.Fix | Should -Not -BeNullOrEmpty
    }

    It 'does not trust a certificate that it does not know' {
        (Test-SummitWebSocket $lab.Uri).Cause | Should -Be 'CertificateUntrusted'
    }

    It 'answers with a Boolean where it is quiet' {
        Test-SummitWebSocket 'ws://127.0.0.1:1/ws' -Quiet | Should -BeExactly $false
        $site | Test-SummitWebSocket -Quiet | Should -BeExactly $true
    }

    It 'refuses <Arguments.Uri> with <Id>' -ForEach @(
        @{ Arguments = @{ Uri = 'http://x/ws' }; Id = 'UriSchemeInvalid' }
        @{ Arguments = @{ Uri = '' }; Id = 'UriEmpty' }
        @{ Arguments = @{ Uri = 'wss://x/ws'; ExpectMessage = '(' }; Id = 'ExpectMessageInvalid' }
    ) {
        Assert-Problem { Test-SummitWebSocket @Arguments } $Id InvalidArgument
    }

    It 'withholds a token in all that it shows' {
        $token = ConvertTo-SecureString 'tok-4711-secret' -AsPlainText -Force
        $shown = $site | Test-SummitWebSocket -Token $token -Verbose 4>&1 | Format-List * | Out-String
        $shown | Should -Not -Match 'tok-4711'
    }

    It 'shows progress while it holds a connection, and completes it' {
        $records = @(Get-ProgressRecord '$null = $site | Test-SummitWebSocket -Hold 0:0:2' @{ site = $site })
        $records | Should -Not -BeNullOrEmpty
        $records[-1].RecordType | Should -Be 'Completed'
    }

    It 'shows stage and cause within <_> columns' -ForEach 80, 120 {
        $text = (Format-At (Test-SummitWebSocket 'ws://127.0.0.1:1/ws') $_) -join "`n"
        $text | Should -Match 'Tcp\s.*NginxNotRunning'
    }

    It 'gates a runbook by an exit code' {
        (Invoke-Pwsh 'if (-not (Test-SummitWebSocket ws://127.0.0.1:1/ws -Quiet)) { exit 5 }').ExitCode | Should -Be 5
    }
}
