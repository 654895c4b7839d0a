BeforeAll {
    Import-Module "$PSScriptRoot/Support.psm1"
    Import-Summit
    $config = Join-Path $TestDrive 'chat.conf'
    Set-Content $config 'server { listen 443 ssl; server_name chat.example.com; location /ws { proxy_pass http://localhost:4000; } }'
    $site = New-SummitSite -Name chat -ServerName chat.example.com
}

Describe 'Get-SummitRule' {
    It 'lists each check once, the guide''s nine first' {
        $all = Get-SummitRule
        $all.Count | Should -BeGreaterThan 50
        ($all.Id | Sort-Object -Unique).Count | Should -Be $all.Count
        $all[0..8].Id | Should -BeExactly 'Backend.Running', 'Nginx.WebSocketLocation', 'Nginx.UpgradeHeaders', 'Nginx.ProxyBuffering',
            'Nginx.LocationOrder', 'Nginx.Syntax', 'Nginx.Reloaded', 'Network.Port443', 'Tls.Certificate'
    }

    It 'has a page, a title and a description for each' {
        foreach ($rule in Get-SummitRule) {
            Join-Path $PSScriptRoot '../..' $rule.HelpUri | Should -Exist
            $rule.Title | Should -Not -BeNullOrEmpty
            $rule.Description | Should -Not -BeNullOrEmpty
        }
    }

    It 'takes <Given>' -ForEach @(
        @{ Given = 'nginx.upgradeheaders'; Ids = 'Nginx.UpgradeHeaders' }
        @{ Given = 'Backend.*'; Ids = 'Backend.Running', 'Backend.WebSocketLog', 'Backend.Upgrade' }
        @{ Given = 'Host.Boot', 'Tls.Name'; Ids = 'Host.Boot', 'Tls.Name' }
        @{ Given = 'NoSuch*'; Ids = @() }
    ) {
        @((Get-SummitRule -Id $Given).Id) | Should -BeExactly @($Ids)
    }

    It 'takes ids and checks from the pipeline' {
        ('Tls.Name', 'Host.Boot' | Get-SummitRule).Id | Should -BeExactly 'Tls.Name', 'Host.Boot'
        $checks = Get-SummitNginxConfig -Path $config | Test-SummitNginxConfig -Site $site
        ($checks | Get-SummitRule).Id | Should -BeExactly $checks.Id
        ($checks | Get-SummitRule).HelpUri | Should -BeExactly $checks.HelpUri
    }

    It 'says what a check looks at and what it can find' {
        $rule = Get-SummitRule Nginx.UpgradeHeaders
        $rule.Severity, $rule.Sees | Should -Be Error, Files
        $rule.Causes | Should -Contain NginxUpgradeHeadersMissing
        (Get-SummitRule Network.SecurityGroup).Sees | Should -Be Outside
        (Get-SummitRule | Where-Object Causes -Contains BackendNotRunning).Id | Should -Contain 'Backend.Running'
    }

    It 'has examples that fail and pass the check <_>' -ForEach 'Nginx.UpgradeHeaders', 'Nginx.WebSocketLocation', 'Nginx.AccessControl' {
        $rule = Get-SummitRule $_
        foreach ($pair in @{ Text = $rule.BadExample; Status = 'Fail' }, @{ Text = $rule.GoodExample; Status = 'Pass' }) {
            $file = Join-Path $TestDrive 'example.conf'
            Set-Content $file $pair.Text
            $checks = Get-SummitNginxConfig -Path $file | Test-SummitNginxConfig -Site (New-SummitSite -Name x -ServerName x.test)
            ($checks | Where-Object Id -EQ $rule.Id).Status | Should -Be $pair.Status
        }
    }

    It 'refuses an id that no check has, and goes on' {
        Assert-Problem { Get-SummitRule Nginx.NoSuch } RuleNotFound InvalidArgument
        (Get-SummitRule Nginx.NoSuch, Host.Boot -ErrorAction SilentlyContinue).Id | Should -BeExactly 'Host.Boot'
    }

    It 'completes an id, by a later word too, and says what it is about' {
        (Get-Completion 'Get-SummitRule Backend.R').CompletionText | Should -BeExactly 'Backend.Running'
        $found = Get-Completion 'Get-SummitRule Upgrade'
        $found.CompletionText | Should -BeExactly 'Backend.Upgrade', 'Nginx.UpgradeHeaders'
        $found[1].ToolTip | Should -Match 'upgrade headers'
    }

    It 'is shown with id, severity and title within <_> columns' -ForEach 80, 120 {
        (Format-At (Get-SummitRule Nginx.UpgradeHeaders) $_) -join ' ' | Should -Match 'Nginx.UpgradeHeaders +Error +Files +WebSocket upgrade'
    }
}
