BeforeAll {
    Import-Module "$PSScriptRoot/Support.psm1"
    Import-Summit
    $lab = Open-Lab -Backend Auto
    $site = $lab.Site
}

AfterAll {
    Stop-SummitLab -Lab $lab
}

Describe 'Deploy-SummitBackend' {
    It 'changes nothing with -WhatIf, and says the commands' {
        $marker = Join-Path $TestDrive 'deployed'
        $said = Get-WhatIf { Deploy-SummitBackend -Site ($site | New-SummitSite -DeployCommand "touch $marker") -WhatIf }
        $said | Should -Match 'touch'
        $marker | Should -Not -Exist
    }

    It 'runs the command, reloads and proves it' {
        if ((Get-SummitBackend -Site $site).Manager -eq 'None') { Set-ItResult -Skipped -Because 'the lab has no pm2 here'; return }
        $marker = Join-Path $TestDrive 'deployed'
        $done = Deploy-SummitBackend -Site ($site | New-SummitSite -DeployCommand "touch $marker")
        $done.Verified | Should -BeTrue
        $marker | Should -Exist
    }

    It 'runs the roll-back where the command fails' {
        if ((Get-SummitBackend -Site $site).Manager -eq 'None') { Set-ItResult -Skipped -Because 'the lab has no pm2 here'; return }
        $marker = Join-Path $TestDrive 'undone'
        $broken = $site | New-SummitSite -DeployCommand 'exit 7' -RollbackCommand "touch $marker"
        $done = Deploy-SummitBackend -Site $broken -ErrorAction SilentlyContinue
        $done.RolledBack | Should -BeTrue
        $marker | Should -Exist
    }

    It 'refuses <_> as an instance id, and changes nothing' -ForEach 'zzz', 'i-1' {
        $id = $_
        Assert-Problem { Deploy-SummitBackend -InstanceId $id -Site $site } InstanceIdInvalid InvalidArgument
    }

    It 'refuses a tag that names none' {
        Assert-Problem { Deploy-SummitBackend -Tag @{} -Site $site } TagEmpty InvalidArgument
    }

}
