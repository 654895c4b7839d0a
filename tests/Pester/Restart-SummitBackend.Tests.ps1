BeforeAll {
    Import-Module "$PSScriptRoot/Support.psm1"
    Import-Summit
    $lab = Open-Lab -Backend Auto
    $site = $lab.Site
}

AfterAll {
    Stop-SummitLab -Lab $lab
}

Describe 'Restart-SummitBackend' {
    It 'changes nothing with -WhatIf, and says what it would do' {
        $before = (Get-SummitBackend -Site $site).ProcessId
        $said = Get-WhatIf { Restart-SummitBackend -Site $site -WhatIf }
        $said | Should -Match 'What if'
        (Get-SummitBackend -Site $site).ProcessId | Should -Be $before
    }

    It 'restarts the process that its manager runs, and proves that it serves' {
        $before = Get-SummitBackend -Site $site
        if ($before.Manager -eq 'None') { Set-ItResult -Skipped -Because 'the lab has no pm2 here'; return }
        $done = Restart-SummitBackend -Site $site
        $done.Verified | Should -BeTrue
        (Get-SummitBackend -Site $site).ProcessId | Should -Not -Be $before.ProcessId
    }

    It 'refuses <_> as an instance id, and changes nothing' -ForEach 'zzz', 'i-1' {
        $id = $_
        Assert-Problem { Restart-SummitBackend -InstanceId $id -Site $site } InstanceIdInvalid InvalidArgument
    }

    It 'refuses a tag that names none' {
        Assert-Problem { Restart-SummitBackend -Tag @{} -Site $site } TagEmpty InvalidArgument
    }

}
