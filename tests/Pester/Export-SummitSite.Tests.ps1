BeforeAll {
    Import-Module "$PSScriptRoot/Support.psm1"
    Import-Summit
}

Describe 'Export-SummitSite' {
    BeforeEach {
        $path = Join-Path $TestDrive "$([guid]::NewGuid()).json"
        $site = New-SummitSite -ServerName chat.example.com
    }

    It 'writes a site that Import-SummitSite reads back the same' {
        $site | Export-SummitSite -Path $path
        $back = Import-SummitSite $path
        $back | ConvertTo-Json -Depth 5 | Should -BeExactly ($site | ConvertTo-Json -Depth 5)
    }

    It 'writes nothing with -WhatIf' {
        $site | Export-SummitSite -Path $path -WhatIf
        $path | Should -Not -Exist
    }

    It 'emits the site only with -PassThru' {
        $site | Export-SummitSite -Path $path | Should -BeNullOrEmpty
        ($site | Export-SummitSite -Path $path -Force -PassThru).ServerName | Should -BeExactly 'chat.example.com'
    }

    It 'replaces a file only with -Force' {
        Set-Content $path 'mine'
        @(Get-Problem { $site | Export-SummitSite -Path $path })[0].ErrorDetails.RecommendedAction | Should -Match '-Force'
        Get-Content $path | Should -BeExactly 'mine'
        $site | Export-SummitSite -Path $path -Force
        (Import-SummitSite $path).ServerName | Should -BeExactly 'chat.example.com'
    }

    It 'says where it could not write' {
        Assert-Problem { $site | Export-SummitSite -Path (Join-Path $TestDrive 'no/folder/site.json') } SiteFileNotWritten PermissionDenied
    }
}
