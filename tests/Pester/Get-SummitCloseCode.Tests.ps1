BeforeAll {
    Import-Module "$PSScriptRoot/Support.psm1"
    Import-Summit
}

Describe 'Get-SummitCloseCode' {
    It 'takes codes from the pipeline' {
        (1000, '1006' | Get-SummitCloseCode).Name | Should -BeExactly 'NormalClosure', 'AbnormalClosure'
    }

    It 'lists every code without an argument' {
        (Get-SummitCloseCode).Count | Should -BeGreaterThan 15
        (Get-SummitCloseCode).Code | Should -Contain 1008
    }

    It 'takes a name, also with wildcards' {
        (Get-SummitCloseCode -Name AbnormalClosure).Code | Should -Be 1006
    }

    It 'names what to run next for <_>' -ForEach 1006, 1008, 1011 {
        (Get-SummitCloseCode $_).Run | Should -Match '-Summit'
    }

    It 'refuses <Value> with <Id> and goes on' -ForEach @(
        @{ Value = 99999; Id = 'CloseCodeInvalid' }
        @{ Value = 'abc'; Id = 'CloseCodeInvalid' }
    ) {
        Assert-Problem { Get-SummitCloseCode $Value } $Id InvalidArgument
        ($Value, 1000 | Get-SummitCloseCode -ErrorAction SilentlyContinue).Code | Should -Be 1000
    }

    It 'refuses a name that no code has' {
        Assert-Problem { Get-SummitCloseCode -Name nosuch } CloseCodeNotFound
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
