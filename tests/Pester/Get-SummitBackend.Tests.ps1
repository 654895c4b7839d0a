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
    It 'finds the process on this machine and over Systems Manager' {
        $backend = Get-SummitBackend -Site $site
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

    It 'shows name and port within <_> columns' -ForEach 80, 120 {
        (Format-At (Get-SummitBackend -Site $site) $_) -join "`n" | Should -Match "$($lab.BackendPort)"
    }
}
