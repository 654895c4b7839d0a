BeforeAll {
    Import-Module "$PSScriptRoot/Support.psm1"
    Import-Summit
    $lab = Open-Lab nginx-config-missing
    $site = $lab.Site
}

AfterAll {
    Stop-SummitLab -Lab $lab
}

Describe 'Repair-SummitWebSocket' {
    It 'changes nothing with -WhatIf, and says the plan' {
        $said = Get-WhatIf { Repair-SummitWebSocket -Site $site -WhatIf }
        $said | Should -Match 'What if'
        $lab.ConfigPath | Should -Not -Exist
    }

    It 'repairs, and proves it before and after' {
        $repair = Repair-SummitWebSocket -Site $site
        $repair.Outcome | Should -Be 'Repaired'
        $repair.Before.RootCause | Should -Be 'NginxConfigNotDeployed'
        $repair.After.Healthy | Should -BeTrue
        $repair.Plan.Action | Should -Contain 'DeployConfig'
        ($site | Test-SummitWebSocket).Success | Should -BeTrue
    }

    It 'changes nothing where nothing is broken, over Systems Manager' {
        $before = Get-FileHash $lab.ConfigPath
        $repair = $lab.Target | Repair-SummitWebSocket -Site $site
        $repair.Deployments | Where-Object Changed | Should -BeNullOrEmpty
        (Get-FileHash $lab.ConfigPath).Hash | Should -BeExactly $before.Hash
    }

    It 'refuses <_> as an instance id, and changes nothing' -ForEach 'zzz', 'i-1' {
        $id = $_
        Assert-Problem { Repair-SummitWebSocket -InstanceId $id -Site $site } InstanceIdInvalid InvalidArgument
    }

    It 'refuses a tag that names none' {
        Assert-Problem { Repair-SummitWebSocket -Tag @{} -Site $site } TagEmpty InvalidArgument
    }

}
