BeforeAll {
    Import-Module "$PSScriptRoot/Support.psm1"
    Import-Summit
    $lab = Open-Lab
    $site = $lab.Site
}

AfterAll {
    Stop-SummitLab -Lab $lab
}

Describe 'Get-SummitNginxBackup' {
    It 'lists no backup where nothing was deployed, and no error' {
        Get-SummitNginxBackup -Site $site -ErrorAction Stop | Should -BeNullOrEmpty
    }

    It 'lists what a deployment replaced, and Restore-SummitNginxConfig takes it by property name' {
        $first = Get-Content -Raw $lab.ConfigPath
        $changed = Join-Path $TestDrive 'changed'
        Set-Content $changed ($first + "# another`n") -NoNewline
        (Deploy-SummitNginxConfig -Path $changed -Site $site).Changed | Should -BeTrue
        $backup = @(Get-SummitNginxBackup -Site $site)[0]
        $backup.Original | Should -BeExactly $lab.ConfigPath
        $backup.Size | Should -Be ([Text.Encoding]::UTF8.GetByteCount($first))
    }

    It 'refuses <_> as an instance id, and changes nothing' -ForEach 'zzz', 'i-1' {
        $id = $_
        Assert-Problem { Get-SummitNginxBackup -InstanceId $id -Site $site } InstanceIdInvalid InvalidArgument
    }

    It 'refuses a tag that names none' {
        Assert-Problem { Get-SummitNginxBackup -Tag @{} -Site $site } TagEmpty InvalidArgument
    }

}
