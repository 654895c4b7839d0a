BeforeAll {
    Import-Module "$PSScriptRoot/Support.psm1"
    Import-Summit
}

Describe 'Resolve-SummitNginxLocation' {
    BeforeAll {
        $path = Join-Path $TestDrive 'chat.conf'
        Set-Content $path @'
server {
    listen 443 ssl;
    server_name chat.example.com;
    location / { return 404; }
    location ^~ /ws { proxy_pass http://localhost:4000; proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade"; }
}
'@
        $config = Get-SummitNginxConfig -Path $path
    }

    It 'takes configurations from the pipeline and several URIs' {
        $routes = $config | Resolve-SummitNginxLocation -Uri 'wss://chat.example.com/ws', 'wss://chat.example.com/other'
        $routes.Kind | Should -Be 'Proxy', 'Return'
        $routes.Upgrades | Should -Be $true, $false
    }

    It 'says why this server and this location answer' {
        (Resolve-SummitNginxLocation -Uri 'wss://chat.example.com/ws/room' -Path $path).Steps.Count | Should -BeGreaterOrEqual 2
    }

    It 'says which directive counts, and from which line' {
        $route = $config | Resolve-SummitNginxLocation -Uri 'wss://chat.example.com/ws'
        ($route.Effective | Where-Object Name -EQ 'proxy_http_version').Line | Should -Be 5
    }

    It 'refuses <Uri> with <Id>' -ForEach @(
        @{ Uri = 'ftp://chat.example.com/'; Id = 'UriSchemeInvalid' }
    ) {
        Assert-Problem { $config | Resolve-SummitNginxLocation -Uri $Uri } $Id InvalidArgument
    }

    It 'says that a file is missing' {
        Assert-Problem { Resolve-SummitNginxLocation -Uri 'wss://chat.example.com/ws' -Path (Join-Path $TestDrive 'none') } NginxConfigNotFound
    }

    It 'shows the location within <_> columns' -ForEach 80, 120 {
        (Format-At ($config | Resolve-SummitNginxLocation -Uri 'wss://chat.example.com/ws') $_) -join "`n" | Should -Match '/ws'
    }
}
