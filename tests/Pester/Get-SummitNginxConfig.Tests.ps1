BeforeAll {
    Import-Module "$PSScriptRoot/Support.psm1"
    Import-Summit
    $lab = Open-Lab
    $site = $lab.Site
}

AfterAll {
    Stop-SummitLab -Lab $lab
}

Describe 'Get-SummitNginxConfig' {
    BeforeAll {
        $path = Join-Path $TestDrive 'chat.conf'
        Set-Content $path 'server { listen 443 ssl; server_name chat.example.com; location /ws { proxy_pass http://localhost:4000; } }'
    }

    It 'takes a path by property name, as Get-Item emits it' {
        ([pscustomobject]@{ Path = $path } | Get-SummitNginxConfig).Servers.ServerNames | Should -BeExactly 'chat.example.com'
    }

    It 'takes wildcards with -Path, none with -LiteralPath, and files from the pipeline' {
        (Get-SummitNginxConfig -Path (Join-Path $TestDrive 'ch*.conf')).Path | Should -BeExactly $path
        (Get-ChildItem $TestDrive -Filter chat.conf | Get-SummitNginxConfig).Path | Should -BeExactly $path
        (Get-SummitNginxConfig -LiteralPath $path).Path | Should -BeExactly $path
        Assert-Problem { Get-SummitNginxConfig -LiteralPath (Join-Path $TestDrive 'ch*.conf') } NginxConfigNotFound ObjectNotFound
        (Test-SummitNginxConfig -Path (Join-Path $TestDrive 'ch*.conf')).Id | Should -Contain 'Nginx.UpgradeHeaders'
        (Get-ChildItem $TestDrive -Filter chat.conf | Test-SummitNginxConfig).Id | Should -Contain 'Nginx.UpgradeHeaders'
    }

    It 'takes the text of nginx -T from the pipeline, line by line' {
        $dump = "# configuration file /etc/nginx/nginx.conf:", 'http {', (Get-Content $path), '}'
        ($dump | Get-SummitNginxConfig).Servers.ServerNames | Should -BeExactly 'chat.example.com'
    }

    It 'reads what a running nginx has loaded, on this machine and over Systems Manager' {
        $local = Get-SummitNginxConfig -Site $site
        $local.Servers.ServerNames | Should -Contain $lab.ServerName
        $remote = $lab.Target | Get-SummitNginxConfig -Site $site
        $remote.Text | Should -BeExactly $local.Text
    }

    It 'binds the instance id by property name' {
        ([pscustomobject]@{ InstanceId = $lab.InstanceId } | Get-SummitNginxConfig -Site $site -Region $lab.Region).Target.InstanceId | Should -BeExactly $lab.InstanceId
    }

    It 'says that a file is missing, and reads the next one' {
        Assert-Problem { Get-SummitNginxConfig -Path (Join-Path $TestDrive 'none') } NginxConfigNotFound ObjectNotFound
        (Get-SummitNginxConfig -Path (Join-Path $TestDrive 'none'), $path -ErrorAction SilentlyContinue).Path | Should -BeExactly $path
    }

    It 'keeps what cannot be parsed as a diagnostic with file and line' {
        $broken = Join-Path $TestDrive 'broken.conf'
        Set-Content $broken "server {`n  listen 443"
        $diagnostic = (Get-SummitNginxConfig -Path $broken).Diagnostics[0]
        $diagnostic.Severity | Should -Be 'Error'
        $diagnostic.Line | Should -BeGreaterThan 0
    }
}
