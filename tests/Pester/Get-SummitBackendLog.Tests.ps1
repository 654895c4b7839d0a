BeforeAll {
    Import-Module "$PSScriptRoot/Support.psm1"
    Import-Summit
    $lab = Open-Lab -Backend Auto
    $site = $lab.Site
    $null = $site | Test-SummitWebSocket
}

AfterAll {
    Stop-SummitLab -Lab $lab
}

Describe 'Get-SummitBackendLog' {
    It 'reads the last lines of the backend' {
        $lines = @(Get-SummitBackendLog -Site $site -Tail 5)
        $lines.Count | Should -BeIn 1, 2, 3, 4, 5
        $lines[0].Text | Should -Not -BeNullOrEmpty
    }

    It 'reads the same over Systems Manager' {
        @($lab.Target | Get-SummitBackendLog -Site $site -Tail 3)[0].Target.InstanceId | Should -BeExactly $lab.InstanceId
    }

    It 'refuses <Arguments.Keys> with <Id>' -ForEach @(
        @{ Arguments = @{ Tail = 0 }; Id = 'ParameterArgumentValidationError' }
        @{ Arguments = @{ Since = 'nonsense' }; Id = 'CannotConvertArgumentNoMessage' }
    ) {
        (Get-Problem { Get-SummitBackendLog @Arguments -Site $site }).FullyQualifiedErrorId | Should -BeLike "$Id*"
    }

    It 'refuses <_> as an instance id, and changes nothing' -ForEach 'zzz', 'i-1' {
        $id = $_
        Assert-Problem { Get-SummitBackendLog -InstanceId $id -Site $site } InstanceIdInvalid InvalidArgument
    }

    It 'refuses a tag that names none' {
        Assert-Problem { Get-SummitBackendLog -Tag @{} -Site $site } TagEmpty InvalidArgument
    }

}
