BeforeAll {
    Import-Module "$PSScriptRoot/Support.psm1"
    Import-Summit
    $lab = Open-Lab
    $site = $lab.Site
}

AfterAll {
    Stop-SummitLab -Lab $lab
}

Describe 'Get-SummitBackend' {
    BeforeAll {
        $backend = Get-SummitBackend -Site $site
    }

    It 'finds the process on this machine and over Systems Manager' {
        $backend.Port | Should -Be $lab.BackendPort
        $backend.Listening | Should -BeTrue
        ($lab.Target | Get-SummitBackend -Site $site).ProcessId | Should -Be $backend.ProcessId
    }

    It 'binds the instance id by property name' {
        ([pscustomobject]@{ InstanceId = $lab.InstanceId } | Get-SummitBackend -Site $site -Region $lab.Region).Target.InstanceId | Should -BeExactly $lab.InstanceId
    }

    It 'refuses <_> as an instance id, and changes nothing' -ForEach 'zzz', 'i-1' {
        $id = $_
        Assert-Problem { Get-SummitBackend -InstanceId $id -Site $site } InstanceIdInvalid InvalidArgument
    }

    It 'refuses a tag that names none' {
        Assert-Problem { Get-SummitBackend -Tag @{} -Site $site } TagEmpty InvalidArgument
    }

    It 'shows the name, and that it listens, within <_> columns' -ForEach 80, 120 {
        (Format-At $backend $_) -join "`n" | Should -Match 'summit\s.*True'
    }
}
