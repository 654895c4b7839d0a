BeforeAll {
    Import-Module "$PSScriptRoot/Support.psm1"
    Import-Summit
}

Describe 'Compare-SummitNginxConfig' {
    BeforeAll {
        $site = New-SummitSite
        $path = Join-Path $TestDrive 'summit-api'
        Set-Content $path ((New-SummitNginxConfig -Site $site).Text -replace 'proxy_http_version 1.1;', '') -NoNewline
    }

    It 'finds no difference between the expected configuration and itself' {
        New-SummitNginxConfig -Site $site | Compare-SummitNginxConfig -Site $site | Should -BeNullOrEmpty
    }

    It 'takes a configuration from the pipeline and says what has another meaning' {
        $differences = @(Get-SummitNginxConfig -Path $path | Compare-SummitNginxConfig -Site $site)
        $differences.ChangesMeaning | Should -Contain $true
        $differences.Name -join ' ' | Should -Match 'proxy_http_version'
    }

    It 'compares with a reference that is given' {
        $reference = Get-SummitNginxConfig -Path $path
        Compare-SummitNginxConfig -Path $path -Reference $reference | Should -BeNullOrEmpty
    }

    It 'takes a file for the reference as well' {
        Push-Location $TestDrive
        try { Compare-SummitNginxConfig -Path $path -Reference ./summit-api | Should -BeNullOrEmpty }
        finally { Pop-Location }
        Compare-SummitNginxConfig -Path $path -Reference (Get-Item $path) | Should -BeNullOrEmpty
        { Compare-SummitNginxConfig -Path $path -Reference ./none } | Should -Throw '*Run next*'
        { Compare-SummitNginxConfig -Path $path -Reference Env:PATH } | Should -Throw '*configuration is an object*'
    }

    It 'says that a file is missing' {
        Assert-Problem { Compare-SummitNginxConfig -Path (Join-Path $TestDrive 'none') } NginxConfigNotFound ObjectNotFound
    }

    It 'refuses what is no configuration' {
        (Get-Problem { Compare-SummitNginxConfig -Config 5 }).FullyQualifiedErrorId | Should -BeLike 'CannotConvertArgument*'
    }

    It 'gates a deployment by an exit code' {
        (Invoke-Pwsh "if (Compare-SummitNginxConfig -Path '$path' -Site (New-SummitSite)) { exit 4 }").ExitCode | Should -Be 4
    }
}
