BeforeAll {
    Import-Module "$PSScriptRoot/Support.psm1"
    Import-Summit
}

Describe 'New-SummitNginxConfig' {
    It 'makes the expected configuration of a site from the pipeline' {
        $config = New-SummitSite -ServerName chat.example.com -BackendPort 5000 | New-SummitNginxConfig
        $config.Servers.ServerNames | Should -Contain 'chat.example.com'
        $config.Text | Should -Match 'proxy_pass http://localhost:5000;'
        "$config" | Should -BeExactly $config.Text
    }

    It 'passes every check that it can fail' {
        $failed = New-SummitNginxConfig | Test-SummitNginxConfig -Site (New-SummitSite) | Where-Object Status -EQ 'Fail'
        $failed.Id | Should -BeNullOrEmpty
    }

    It 'leads the site''s WebSocket to its backend' {
        $route = New-SummitNginxConfig | Resolve-SummitNginxLocation -Uri 'wss://summit-api.codingeverest.com/ws'
        $route.Upgrades | Should -BeTrue
        $route.ProxyPass | Should -BeExactly 'http://localhost:4000'
    }

    It 'refuses what is no site' {
        (Get-Problem { New-SummitNginxConfig -Site 5 }).FullyQualifiedErrorId | Should -BeLike 'CannotConvertArgument*'
    }

    It 'is written to a file byte for byte' {
        $path = Join-Path $TestDrive 'summit-api'
        [IO.File]::WriteAllBytes($path, (New-SummitNginxConfig).ToBytes())
        (Get-SummitNginxConfig -Path $path).Sha256 | Should -BeExactly (Get-FileHash $path).Hash.ToLowerInvariant()
    }
}
