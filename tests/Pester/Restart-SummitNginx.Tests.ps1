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
