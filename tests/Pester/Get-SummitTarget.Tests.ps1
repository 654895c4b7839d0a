BeforeAll {
    Import-Module "$PSScriptRoot/Support.psm1"
    Import-Summit
    $lab = Open-Lab
    $site = $lab.Site
}

AfterAll {
    Stop-SummitLab -Lab $lab
}

Describe 'Get-SummitTarget' {
    It 'takes ids from the pipeline and by property name' {
        ($lab.InstanceId | Get-SummitTarget -Region $lab.Region).InstanceId | Should -BeExactly $lab.InstanceId
        ([pscustomobject]@{ InstanceId = $lab.InstanceId } | Get-SummitTarget -Region $lab.Region).PingStatus | Should -Be 'Online'
    }

    It 'emits what the cmdlets on a host take from the pipeline' {
        $target = Get-SummitTarget $lab.InstanceId -Region $lab.Region
        ($target | Get-SummitBackend -Site $site).Target.InstanceId | Should -BeExactly $lab.InstanceId
    }

    It 'refuses an id of another form' {
        Assert-Problem { Get-SummitTarget bad-id -Region eu-central-1 } InstanceIdInvalid InvalidArgument
    }

    It 'refuses a tag that names none' {
        Assert-Problem { Get-SummitTarget -Tag @{} -Region eu-central-1 } TagEmpty InvalidArgument
    }

    It 'completes the profiles of a file' {
        $file = Join-Path $TestDrive 'credentials'
        Set-Content $file "[summit-a]`naws_access_key_id = x`n[profile summit b]`n[sso-session summit-c]`n[other]"
        (Get-Completion "Get-SummitTarget -ProfileLocation '$file' -ProfileName summit").CompletionText | Should -BeExactly "'summit b'", 'summit-a'
    }

    It 'shows the instance within <_> columns' -ForEach 80, 120 {
        (Format-At (Get-SummitTarget $lab.InstanceId -Region $lab.Region) $_) -join "`n" | Should -Match $lab.InstanceId
    }
}
