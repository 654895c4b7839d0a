BeforeAll {
    Import-Module "$PSScriptRoot/Support.psm1"
    Import-Summit
}

Describe 'Export-SummitRunbook' {
    BeforeEach {
        $folder = (New-Item -ItemType Directory (Join-Path $TestDrive ([guid]::NewGuid()))).FullName
    }

    It 'writes <_> for a site from the pipeline' -ForEach 'RunCommandParameters', 'CommandDocument', 'AutomationDocument', 'AzureRunbook' {
        $files = @(New-SummitSite -Name chat -ServerName chat.example.com | Export-SummitRunbook -Kind $_ -Path $folder)
        $files.Count | Should -BeGreaterThan 0
        $files | Should -BeOfType ([IO.FileInfo])
        $files | ForEach-Object { Get-Content -Raw $_ } | Out-String | Should -Match 'chat\.example\.com'
    }

    It 'writes nothing with -WhatIf' {
        Export-SummitRunbook -Kind CommandDocument -Path $folder -WhatIf
        Get-ChildItem $folder | Should -BeNullOrEmpty
    }

    It 'writes JSON that parses' {
        $files = Export-SummitRunbook -Kind RunCommandParameters -Path $folder
        foreach ($file in $files) { { Get-Content -Raw $file | ConvertFrom-Json } | Should -Not -Throw }
        $files.Name | Should -Contain 'diagnose-websocket-issues.json'
    }

    It 'writes a runbook for Azure that parses as PowerShell' {
        foreach ($file in Export-SummitRunbook -Kind AzureRunbook -Path $folder) {
            $problems = $null
            $null = [Management.Automation.Language.Parser]::ParseFile($file.FullName, [ref] $null, [ref] $problems)
            $problems | Should -BeNullOrEmpty
        }
    }

    It 'says where it could not write' {
        $file = Join-Path $folder 'file'
        Set-Content $file 'mine'
        Assert-Problem { Export-SummitRunbook -Kind CommandDocument -Path (Join-Path $file 'x') } RunbookNotWritten PermissionDenied
    }
}
