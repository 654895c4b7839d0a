BeforeAll {
    Import-Module "$PSScriptRoot/Support.psm1"
    Import-Summit
}

Describe 'Repair-SummitNginxConfig' {
    BeforeAll {
        $path = Join-Path $TestDrive 'chat.conf'
        $text = "# kept`nserver {`n    listen 443 ssl;`n    server_name summit-api.codingeverest.com;`n    location /ws {`n        proxy_pass http://localhost:4000;  # kept too`n    }`n}`n"
        [IO.File]::WriteAllText($path, $text)
    }

    It 'gives the smallest edit, and leaves the file as it is' {
        $repaired = Get-SummitNginxConfig -Path $path | Repair-SummitNginxConfig -Site (New-SummitSite)
        $repaired.Text | Should -Match '# kept too'
        $repaired.Text | Should -Match 'proxy_set_header Upgrade \$http_upgrade;'
        [IO.File]::ReadAllText($path) | Should -BeExactly $text
    }

    It 'gives what the checks pass' {
        $failed = Repair-SummitNginxConfig -Path $path -Site (New-SummitSite) | Test-SummitNginxConfig -Site (New-SummitSite) |
            Where-Object { $_.Status -eq 'Fail' -and $_.Severity -eq 'Error' }
        $failed.Id | Should -BeNullOrEmpty
    }

    It 'changes nothing twice' {
        $once = Repair-SummitNginxConfig -Path $path -Site (New-SummitSite)
        ($once | Repair-SummitNginxConfig -Site (New-SummitSite)).Text | Should -BeExactly $once.Text
    }

    It 'says that a file is missing' {
        Assert-Problem { Repair-SummitNginxConfig -Path (Join-Path $TestDrive 'none') } NginxConfigNotFound ObjectNotFound
    }
}
