BeforeAll {
    Import-Module "$PSScriptRoot/Support.psm1"
    Import-Summit
    $lab = Open-Lab
    $site = $lab.Site
}

AfterAll {
    Stop-SummitLab -Lab $lab
}

Describe 'Test-SummitFirewall' {
    It 'judges the port of the site, and says why' {
        $checks = @(Test-SummitFirewall -Site $site)
        $checks.Count | Should -BeGreaterThan 0
        foreach ($check in $checks) {
            $check.Status | Should -BeIn 'Pass', 'Fail', 'Unknown', 'Skipped'
            $check.Evidence | Should -Not -BeNullOrEmpty
        }
    }

    It 'takes targets from the pipeline' {
        ($lab.Target | Test-SummitFirewall -Site $site).Target | Should -Match $lab.InstanceId
    }

    It 'refuses <Arguments.Keys> with <Id>' -ForEach @(
        @{ Arguments = @{ Port = 0 }; Id = 'PortInvalid' }
        @{ Arguments = @{ Source = 'nonsense' }; Id = 'SourceInvalid' }
    ) {
        Assert-Problem { Test-SummitFirewall @Arguments -Site $site } $Id InvalidArgument
    }

    It 'refuses <_> as an instance id, and changes nothing' -ForEach 'zzz', 'i-1' {
        $id = $_
        Assert-Problem { Test-SummitFirewall -InstanceId $id -Site $site } InstanceIdInvalid InvalidArgument
    }

    It 'refuses a tag that names none' {
        Assert-Problem { Test-SummitFirewall -Tag @{} -Site $site } TagEmpty InvalidArgument
    }

}
