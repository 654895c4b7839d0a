BeforeAll {
    Import-Module "$PSScriptRoot/Support.psm1"
    Import-Summit
    $lab = Open-Lab
    $site = $lab.Site
}

AfterAll {
    Stop-SummitLab -Lab $lab
}

Describe 'Restart-SummitNginx' {
    BeforeAll {
        $pidFile = Get-ChildItem $lab.NginxPrefix -Recurse -Filter nginx.pid | Select-Object -First 1
    }

    It 'changes nothing with -WhatIf' {
        $before = Get-Content $pidFile
        Get-WhatIf { Restart-SummitNginx -Site $site -Force -WhatIf } | Should -Match 'What if'
        Get-Content $pidFile | Should -BeExactly $before
    }

    It 'reloads: the master stays' {
        $before = Get-Content $pidFile
        $done = Restart-SummitNginx -Site $site
        $done.Reloaded | Should -BeTrue
        Get-Content $pidFile | Should -BeExactly $before
    }

    It 'holds WebSockets through a reload, and each is kept' {
        $done = Restart-SummitNginx -Site $site -HoldConnection 5 -MinimumKept 100%
        $done.ConnectionsHeld, $done.ConnectionsKept | Should -Be 5, 5
        $done.LongestGap | Should -Be ([timespan]::Zero)
        $done.FirstRefused | Should -BeNullOrEmpty
        (Restart-SummitNginx -Site $site -HoldConnection 0).ConnectionsHeld | Should -Be 0
    }

    It 'says how many connections a restart ends, refuses it where they must be kept, and else cuts them' {
        $before = Get-Content $pidFile
        $held = [System.Net.Sockets.TcpClient]::new('127.0.0.1', $site.Port)
        try {
            Get-WhatIf { Restart-SummitNginx -Site $site -Force -WhatIf } | Should -Match 'ends \d+ open connections? at port'
            Assert-Problem { Restart-SummitNginx -Site $site -Force -HoldConnection 2 -MinimumKept 1 } ConnectionsWouldBeCut
            Get-Content $pidFile | Should -BeExactly $before
        }
        finally {
            $held.Dispose()
        }

        $done = Restart-SummitNginx -Site $site -Force -HoldConnection 2
        $done.ConnectionsHeld, $done.ConnectionsKept | Should -Be 2, 0
        $done.LongestGap | Should -BeGreaterThan ([timespan]::Zero)
        $done.Output | Should -Match '2 of 2 WebSockets that were held were cut'
    }

    It 'refuses <_> as a minimum, and changes nothing' -ForEach '101%', '9', 'all' {
        $minimum = $_
        Assert-Problem { Restart-SummitNginx -Site $site -HoldConnection 5 -MinimumKept $minimum } MinimumKeptInvalid InvalidArgument
    }

    It 'restarts with -Force: another master, and the site works' {
        $before = Get-Content $pidFile
        $null = $lab.Target | Restart-SummitNginx -Site $site -Force
        Get-Content $pidFile | Should -Not -BeExactly $before
        ($site | Test-SummitWebSocket).Success | Should -BeTrue
    }

    It 'refuses <_> as an instance id, and changes nothing' -ForEach 'zzz', 'i-1' {
        $id = $_
        Assert-Problem { Restart-SummitNginx -InstanceId $id -Site $site } InstanceIdInvalid InvalidArgument
    }

    It 'refuses a tag that names none' {
        Assert-Problem { Restart-SummitNginx -Tag @{} -Site $site } TagEmpty InvalidArgument
    }

}
