BeforeAll {
    Import-Module "$PSScriptRoot/Support.psm1"
    Import-Summit
}

Describe 'Test-SummitNginxConfig' {
    BeforeAll {
        $site = New-SummitSite
        $path = Join-Path $TestDrive 'without-ws'
        Set-Content $path "server { listen 443 ssl; server_name $($site.ServerName); location /api { proxy_pass http://localhost:4000; } }"
    }

    It 'takes configurations from the pipeline' {
        $checks = Get-SummitNginxConfig -Path $path | Test-SummitNginxConfig -Site $site
        $check = $checks | Where-Object Id -EQ 'Nginx.WebSocketLocation'
        $check.Status | Should -Be 'Fail'
        $check.Cause | Should -Be 'NginxLocationMissing'
        $check.Fix | Should -Not -BeNullOrEmpty
    }

    It 'takes paths, and says file and line' {
        $check = Test-SummitNginxConfig -Path $path -Site $site | Where-Object Id -EQ 'Nginx.WebSocketLocation'
        $check.File | Should -BeExactly $path
    }

    It 'gives every check a status and a reason' {
        foreach ($check in Test-SummitNginxConfig -Path $path -Site $site) {
            $check.Status | Should -BeIn 'Pass', 'Fail', 'Unknown', 'Skipped'
            $check.Evidence | Should -Not -BeNullOrEmpty -Because $check.Id
        }
    }

    It 'says that a file is missing' {
        Assert-Problem { Test-SummitNginxConfig -Path (Join-Path $TestDrive 'none') -Site $site } NginxConfigNotFound ObjectNotFound
    }

    It 'refuses what is no version' {
        { Test-SummitNginxConfig -Path $path -NginxVersion abc } | Should -Throw -ErrorId 'ParameterArgumentValidationError,*'
    }

    It 'shows status and title within <_> columns' -ForEach 80, 120 {
        (Format-At (Test-SummitNginxConfig -Path $path -Site $site) $_) -join "`n" | Should -Match 'Fail\s.*location'
    }

    It 'gates a deployment by an exit code' {
        $gate = "if (Test-SummitNginxConfig -Path '$path' -Site (New-SummitSite) | Where-Object { `$_.Status -eq 'Fail' -and `$_.Severity -eq 'Error' }) { exit 3 }"
        (Invoke-Pwsh $gate).ExitCode | Should -Be 3
    }
}
