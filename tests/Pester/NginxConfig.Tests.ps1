# An example of a gate before a deployment: the configuration that would be deployed passes the checks that break WebSockets.
# Run: ./build.ps1 -Task Pester

BeforeAll {
    Import-Module "$PSScriptRoot/../../Summit.Ops.psd1" -Force
    $site = New-SummitSite
}

Describe 'The expected configuration' {
    It 'fails no check that breaks WebSockets' {
        $path = Join-Path $TestDrive 'summit-api'
        Set-Content -Path $path -Value (New-SummitNginxConfig -Site $site).Text -NoNewline
        $failed = Get-SummitNginxConfig -Path $path | Test-SummitNginxConfig -Site $site | Where-Object Status -EQ 'Fail'
        $failed | Where-Object Severity -EQ 'Error' | ForEach-Object { "$($_.Id): $($_.Evidence)" } | Should -BeNullOrEmpty
    }

    It 'is missed where the location is missing' {
        $path = Join-Path $TestDrive 'without-ws'
        Set-Content -Path $path -Value "server { listen 443 ssl; server_name $($site.ServerName); location /api { proxy_pass http://localhost:4000; } }"
        $checks = Get-SummitNginxConfig -Path $path | Test-SummitNginxConfig -Site $site
        ($checks | Where-Object Id -EQ 'Nginx.WebSocketLocation').Status | Should -Be 'Fail'
    }
}
