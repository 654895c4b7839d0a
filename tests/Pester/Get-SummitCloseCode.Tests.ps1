BeforeAll {
    Import-Module "$PSScriptRoot/Support.psm1"
    Import-Summit
}

Describe 'Get-SummitCloseCode' {
    It 'gives <Code> the name <Name> and the sense of the guide' -ForEach @(
        @{ Code = 1006; Name = 'AbnormalClosure'; Sense = 'nginx not configured for WebSocket' }
        @{ Code = 1008; Name = 'PolicyViolation'; Sense = 'Authentication failed (bad token)' }
        @{ Code = 1011; Name = 'InternalError'; Sense = 'Backend server error' }
    ) {
        $found = Get-SummitCloseCode $Code
        $found.Name | Should -BeExactly $Name
        $found.UsualCause | Should -BeLike "*$Sense*"
        $found.Run | Should -Match '-Summit'
    }

    It 'takes codes from the pipeline, as numbers and as text' {
        (1000, '1006' | Get-SummitCloseCode).Name | Should -BeExactly 'NormalClosure', 'AbnormalClosure'
    }

    It 'lists the whole registry without an argument' {
        $all = Get-SummitCloseCode
        @($all.Code | Where-Object { $_ }) | Should -Be (@(1000..1015) + 3000, 3003, 3008)
        ($all | Where-Object Code -EQ $null).Name | Should -BeExactly 'ConnectionRefused'
        @(($all | Where-Object OnTheWire -EQ $false).Code | Where-Object { $_ }) | Should -Be 1004, 1005, 1006, 1015
    }

    It 'gives a refused connection a name and no code' {
        $found = Get-SummitCloseCode -Name ConnectionRefused
        $found.Code | Should -BeNullOrEmpty
        $found.UsualCause | Should -BeLike '*Backend not running or port blocked*'
    }

    It 'takes the name <Given> for <Code>' -ForEach @(
        @{ Given = 'Policy Violation'; Code = 1008 }
        @{ Given = 'policy*'; Code = 1008 }
        @{ Given = 'Server Error'; Code = 1011 }
        @{ Given = 'TlsHandshake'; Code = 1015 }
    ) {
        (Get-SummitCloseCode -Name $Given).Code | Should -Be $Code
    }

    It 'explains <Code>, which is not registered, by its range' -ForEach @(
        @{ Code = 4001; Name = 'PrivateUse'; Wire = $true }
        @{ Code = 3500; Name = 'Unassigned'; Wire = $true }
        @{ Code = 1500; Name = 'Unassigned'; Wire = $false }
        @{ Code = 999; Name = 'NotUsed'; Wire = $false }
        @{ Code = 65535; Name = 'NotUsed'; Wire = $false }
    ) {
        $found = $Code | Get-SummitCloseCode
        $found.Code, $found.Name, $found.OnTheWire | Should -Be $Code, $Name, $Wire
    }

    It 'takes the result of a probe from the pipeline; one that never opened has no code, and that is no error' {
        Test-SummitWebSocket 'ws://127.0.0.1:1/ws' | Get-SummitCloseCode -ErrorAction Stop | Should -BeNullOrEmpty
        (Get-SummitCloseCode '1006', ([pscustomobject]@{ Code = 1008 })).Code | Should -Be 1006, 1008
    }

    It 'refuses <Value> with an error that names <Action>, and goes on' -ForEach @(
        @{ Value = 70000; Action = 'Get-SummitCloseCode' }
        @{ Value = 'abc'; Action = 'Get-SummitCloseCode' }
        @{ Value = 1006.5; Action = 'Get-SummitCloseCode' }
        @{ Value = 99999999999; Action = 'Get-SummitCloseCode' }
        @{ Value = 'Policy Violation'; Action = "Get-SummitCloseCode -Name 'PolicyViolation'" }
    ) {
        Assert-Problem { Get-SummitCloseCode $Value } CloseCodeInvalid InvalidArgument
        (Get-Problem { Get-SummitCloseCode $Value }).ErrorDetails.RecommendedAction | Should -BeExactly $Action
        ($Value, 1000 | Get-SummitCloseCode -ErrorAction SilentlyContinue).Code | Should -Be 1000
    }

    It 'refuses a name that no code has' {
        Assert-Problem { Get-SummitCloseCode -Name NoSuchCode } CloseCodeNotFound InvalidArgument
    }

    It 'completes a code by its number and says its name' {
        $choices = Get-Completion 'Get-SummitCloseCode 100'
        $choices.CompletionText | Should -Contain '1006'
        ($choices | Where-Object CompletionText -EQ '1006').ListItemText | Should -Match 'AbnormalClosure'
        $choices.CompletionText | Where-Object { $_ -notlike '100*' } | Should -BeNullOrEmpty
    }

    It 'completes a name' {
        (Get-Completion 'Get-SummitCloseCode -Name conn').CompletionText | Should -BeExactly 'ConnectionRefused'
    }

    It 'is shown with number, name and meaning within <_> columns' -ForEach 80, 120 {
        $text = (Format-At (Get-SummitCloseCode 1006) $_) -join ' '
        $text | Should -Match '1006.*AbnormalClosure'
    }
}
