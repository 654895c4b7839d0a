BeforeAll {
    Import-Module "$PSScriptRoot/Support.psm1"
    Import-Summit
    $lab = Open-Lab
    $site = $lab.Site
}

AfterAll {
    Stop-SummitLab -Lab $lab
}

Describe 'Test-SummitCertificate' {
    It 'passes the lab''s certificate, by a site, a URI and a property' {
        ($site | Test-SummitCertificate | Where-Object Status -EQ 'Fail').Id | Should -BeNullOrEmpty
        ([pscustomobject]@{ Uri = $lab.Uri } | Test-SummitCertificate -CertificateAuthority $site.CertificateAuthorityPath | Where-Object Id -EQ 'Tls.Trust').Status | Should -Be 'Pass'
    }

    It 'names the cause where the authority is not known' {
        $check = Test-SummitCertificate $lab.Uri | Where-Object Id -EQ 'Tls.Trust'
        $check.Status | Should -Be 'Fail'
        $check.Cause | Should -Be 'CertificateUntrusted'
    }

    It 'cannot say where nothing listens' {
        (Test-SummitCertificate 'wss://127.0.0.1:1/' | Where-Object Id -EQ 'Tls.Served').Status | Should -Be 'Unknown'
    }

    It 'refuses <Arguments.Uri> with <Id>' -ForEach @(
        @{ Arguments = @{ Uri = 'https://x' }; Id = 'UriSchemeInvalid' }
        @{ Arguments = @{ Uri = 'wss://127.0.0.1'; WarningDays = -1 }; Id = 'WarningDaysInvalid' }
    ) {
        Assert-Problem { Test-SummitCertificate @Arguments } $Id InvalidArgument
    }
}
