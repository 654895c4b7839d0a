BeforeAll {
    Import-Module "$PSScriptRoot/Support.psm1"
    Import-Summit
    $lab = Open-Lab
    $site = $lab.Site
}

AfterAll {
    Stop-SummitLab -Lab $lab
}

Describe 'Restore-SummitNginxConfig' {
    BeforeAll {
        $first = Get-Content -Raw $lab.ConfigPath
        $changed = Join-Path $TestDrive 'changed'
        Set-Content $changed ($first + "# another`n") -NoNewline
        $null = Deploy-SummitNginxConfig -Path $changed -Site $site
    }

    It 'changes nothing with -WhatIf' {
        $said = Get-WhatIf { Restore-SummitNginxConfig -Site $site -WhatIf }
        $said | Should -Match '-# another'
        Get-Content -Raw $lab.ConfigPath | Should -BeLike '*# another*'
    }

    It 'puts the last backup back, and verifies it' {
        $done = Restore-SummitNginxConfig -Site $site
        $done.Changed | Should -BeTrue
        $done.Verified | Should -BeTrue
        Get-Content -Raw $lab.ConfigPath | Should -BeExactly $first
    }

    It 'says that there is no such backup' {
        Assert-Problem { Restore-SummitNginxConfig -Site $site -BackupPath /nonexistent } BackupNotFound ObjectNotFound
    }

    It 'refuses <_> as an instance id, and changes nothing' -ForEach 'zzz', 'i-1' {
        $id = $_
        Assert-Problem { Restore-SummitNginxConfig -InstanceId $id -Site $site } InstanceIdInvalid InvalidArgument
    }

    It 'refuses a tag that names none' {
        Assert-Problem { Restore-SummitNginxConfig -Tag @{} -Site $site } TagEmpty InvalidArgument
    }

}
