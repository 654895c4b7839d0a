BeforeAll {
    Import-Module "$PSScriptRoot/Support.psm1"
    Import-Summit
}

Describe 'Get-SummitPermission' {
    It 'takes cmdlets from the pipeline and by property name' {
        ('Invoke-SummitDiagnostic' | Get-SummitPermission).Action | Should -Contain 'ssm:SendCommand'
        (Get-Command Get-SummitTarget | Select-Object @{ n = 'Command'; e = 'Name' } | Get-SummitPermission).Command | Should -Contain 'Get-SummitTarget'
    }

    It 'writes a policy that IAM reads' {
        $policy = Get-SummitPermission Invoke-SummitDiagnostic -AsPolicy | ConvertFrom-Json
        $policy.Version | Should -BeExactly '2012-10-17'
        $policy.Statement.Action | Should -Contain 'ssm:SendCommand'
    }

    It 'refuses a cmdlet that asks no AWS' {
        Assert-Problem { Get-SummitPermission NoSuch-Cmdlet } CommandAsksNoAws InvalidArgument
    }

    It 'completes cmdlets, and no file' {
        (Get-Completion 'Get-SummitPermission Invoke-').CompletionText | Should -Be 'Invoke-SummitDiagnostic'
    }
}
