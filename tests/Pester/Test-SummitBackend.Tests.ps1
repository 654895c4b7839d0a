BeforeAll {
    Import-Module "$PSScriptRoot/Support.psm1"
    Import-Summit
    $lab = Open-Lab
    $site = $lab.Site
}

AfterAll {
    Stop-SummitLab -Lab $lab
}

Describe 'Test-SummitBackend' {
    It 'passes a backend that serves, on this machine and over Systems Manager' {
        $local = Test-SummitBackend -Site $site
        ($local | Where-Object Id -EQ 'Backend.Running').Status | Should -Be 'Pass'
        ($lab.Target | Test-SummitBackend -Site $site | Where-Object Id -EQ 'Backend.Running').Status | Should -Be 'Pass'
    }

    It 'fails a port where nothing listens, which is no error' {
        $none = $site | New-SummitSite -BackendPort 1
        $check = Test-SummitBackend -Site $none -ErrorAction Stop | Where-Object Id -EQ 'Backend.Running'
        $check.Status | Should -Be 'Fail'
        $check.Fix | Should -Not -BeNullOrEmpty
    }

    It 'refuses <_> as an instance id, and changes nothing' -ForEach 'zzz', 'i-1' {
        $id = $_
        Assert-Problem { Test-SummitBackend -InstanceId $id -Site $site } InstanceIdInvalid InvalidArgument
    }

    It 'refuses a tag that names none' {
        Assert-Problem { Test-SummitBackend -Tag @{} -Site $site } TagEmpty InvalidArgument
    }

}
