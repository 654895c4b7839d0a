BeforeAll {
    Import-Module "$PSScriptRoot/Support.psm1"
    Import-Summit
    $lab = Open-Lab
    $site = $lab.Site
}

AfterAll {
    Stop-SummitLab -Lab $lab
}

Describe 'Find-SummitSite' {
    BeforeAll {
        $path = Join-Path $TestDrive 'chat.conf'
        Set-Content $path @'
server { listen 443 ssl; server_name chat.example.com;
    location / { proxy_pass http://127.0.0.1:3000; }
    location /ws { proxy_pass http://127.0.0.1:4000; }
}
server { listen 443 ssl; server_name chat.example.com;
    location /ws { proxy_pass http://127.0.0.1:5000; }
}
'@
    }

    It 'finds the site of a running nginx, and the diagnosis of what it found is healthy' {
        $found = Find-SummitSite -Site $site
        $found.WebSocketPath | Should -BeExactly '/ws'
        $found | Should -BeOfType Summit.Ops.SummitSite
        $found.Port | Should -Be $lab.Port
        $found.BackendPort | Should -Be $lab.BackendPort
        $found.Upgrades | Should -BeTrue
        $found.Target.Kind | Should -Be Local
        ($found | Invoke-SummitDiagnostic).Healthy | Should -BeTrue
    }

    It 'asks an instance, and what it found goes back to that instance' {
        $found = $lab.Target | Find-SummitSite -Site $site
        $found.Target.InstanceId | Should -BeExactly $lab.InstanceId
        $diagnosis = $found | Invoke-SummitDiagnostic
        $diagnosis.Target.InstanceId | Should -BeExactly $lab.InstanceId
        $diagnosis.Healthy | Should -BeTrue
    }

    It 'tries a handshake at the backend with -Probe' {
        $found = Find-SummitSite -Site $site -Probe
        $found.Likelihood | Should -Be Confirmed
        $found.Answer | Should -BeExactly '101 Switching Protocols'
        $found.SeenBy[-1] | Should -BeLike '*answers a handshake: 101*'
    }

    It 'reads files, with -All every location that proxies, and warns of one that no request reaches' {
        $found = Find-SummitSite -Path $path -WarningVariable warned -WarningAction SilentlyContinue
        $found.Name | Should -BeExactly 'chat.example.com-ws'
        $found.BackendPort | Should -Be 4000
        $warned | Should -HaveCount 1
        $warned[0].Message | Should -BeLike "*chat.conf:6) passes requests on and is not a site*"
        (Find-SummitSite $path -All -WarningAction SilentlyContinue).WebSocketPath | Should -Be '/', '/ws'
        (Get-ChildItem $TestDrive -Filter chat.conf | Find-SummitSite -WarningAction SilentlyContinue).Name | Should -BeExactly $found.Name
    }

    It 'takes a configuration and the text of nginx -T from the pipeline' {
        (Get-SummitNginxConfig $path | Find-SummitSite -WarningAction SilentlyContinue).Name | Should -BeExactly 'chat.example.com-ws'
        $dump = '# configuration file /etc/nginx/nginx.conf:', 'http {', (Get-Content $path), '}'
        ($dump | Find-SummitSite -WarningAction SilentlyContinue).Name | Should -BeExactly 'chat.example.com-ws'
        (Get-SummitNginxConfig -Site $site | Find-SummitSite -Site $site).Port | Should -Be $lab.Port
    }

    It 'binds the instance id by property name' {
        ([pscustomobject]@{ InstanceId = $lab.InstanceId } | Find-SummitSite -Site $site -Region $lab.Region).Target.InstanceId | Should -BeExactly $lab.InstanceId
    }

    It 'finds what Export-SummitSite writes and Import-SummitSite reads' {
        $found = Find-SummitSite $path -WarningAction SilentlyContinue
        $file = Join-Path $TestDrive 'found.site.json'
        $found | Export-SummitSite -Path $file
        $read = Import-SummitSite $file
        $read | Should -BeExactly ($found | New-SummitSite)
        (Get-Content -Raw $file) | Should -Not -BeLike '*Likelihood*'
    }

    It 'says that a file is missing, and that a text is none of nginx -T' {
        Assert-Problem { Find-SummitSite -Path (Join-Path $TestDrive 'none') } NginxConfigNotFound ObjectNotFound
        Assert-Problem { 'no dump' | Find-SummitSite } NginxDumpInvalid InvalidArgument
        Assert-Problem { Find-SummitSite -Site (New-SummitSite -NginxCommand /nowhere/nginx) } NginxNotFound ObjectNotFound
    }

    It 'shows name, likelihood, address and backend' {
        $lines = Format-At (Find-SummitSite $path -WarningAction SilentlyContinue) 80
        ($lines -join ' ') | Should -Match 'Likely'
        ($lines | Measure-Object -Property Length -Maximum).Maximum | Should -BeLessOrEqual 80
    }
}
