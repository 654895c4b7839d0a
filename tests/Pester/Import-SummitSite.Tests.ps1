BeforeAll {
    Import-Module "$PSScriptRoot/Support.psm1"
    Import-Summit
}

Describe 'Import-SummitSite' {
    BeforeAll {
        $path = Join-Path $TestDrive 'chat.site.json'
        New-SummitSite -Name chat -ServerName chat.example.com | Export-SummitSite -Path $path
    }

    It 'takes paths from the pipeline' {
        ($path, $path | Import-SummitSite).ServerName | Should -BeExactly 'chat.example.com', 'chat.example.com'
    }

    It 'takes paths by property name' {
        ([pscustomobject]@{ Path = $path } | Import-SummitSite).Name | Should -BeExactly 'chat'
    }

    It 'takes wildcards with -Path, none with -LiteralPath, and a file of that very name before the pattern' {
        $folder = (New-Item -ItemType Directory (Join-Path $TestDrive 'many')).FullName
        foreach ($name in 'a', 'b') { New-SummitSite -Name $name -ServerName "$name.example.com" | Export-SummitSite -Path "$folder/$name.site.json" }
        New-SummitSite -Name brackets -ServerName brackets.example.com | Export-SummitSite -Path "$folder/[ab].site.json"
        (Import-SummitSite "$folder/?.site.json").Name | Should -BeExactly 'a', 'b'
        (Import-SummitSite "$folder/[ab].site.json").Name | Should -BeExactly 'brackets'
        (Import-SummitSite -LiteralPath "$folder/[ab].site.json").Name | Should -BeExactly 'brackets'
        (Get-ChildItem $folder -Filter *.json | Import-SummitSite).Count | Should -Be 3
        Assert-Problem { Import-SummitSite -LiteralPath "$folder/*.json" } SiteFileNotFound ObjectNotFound
        Assert-Problem { Import-SummitSite "$folder/*.none" } SiteFileNotFound ObjectNotFound
    }

    It 'need not be called where a site is wanted: a path, or a file from the pipeline, does' {
        (New-SummitNginxConfig -Site $path).Servers.ServerNames | Should -Contain 'chat.example.com'
        (Get-Item $path | New-SummitNginxConfig).Servers.ServerNames | Should -Contain 'chat.example.com'
        (Test-SummitWebSocket -Site $path -ConnectTo 127.0.0.1:1).Uri | Should -BeExactly 'wss://chat.example.com/ws'
        foreach ($missing in 'none.json', 'nodrive:/x') {
            $problem = Get-Problem { New-SummitNginxConfig -Site $missing }
            $problem.FullyQualifiedErrorId | Should -BeLike 'ParameterArgumentTransformationError*'
            "$problem" | Should -Match 'no site file|no path of a file'
        }
        Set-Content (Join-Path $TestDrive 'nobody.json') '{ "Port": 8443 }'
        "$(Get-Problem { New-SummitNginxConfig -Site (Join-Path $TestDrive 'nobody.json') })" | Should -Match 'has no ServerName'
    }

    It 'reads a path of a drive of PowerShell' {
        (Import-SummitSite 'TestDrive:/chat.site.json').Name | Should -BeExactly 'chat'
    }

    It 'reads the example that the module ships' {
        (Import-SummitSite "$PSScriptRoot/../../examples/summit-api.site.json").ServerName | Should -Not -BeNullOrEmpty
    }

    It 'says that a file is missing' {
        Assert-Problem { Import-SummitSite (Join-Path $TestDrive 'none.json') } SiteFileNotFound ObjectNotFound
    }

    It 'says that a file is no site, and reads the next one' {
        $broken = Join-Path $TestDrive 'broken.json'
        Set-Content $broken '{ "Port": '
        $problems = @()
        $sites = $broken, $path | Import-SummitSite -ErrorAction SilentlyContinue -ErrorVariable problems
        $sites.Name | Should -BeExactly 'chat'
        $problems.Count | Should -Be 1
        $problems[0].ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
    }

    It 'is offered by Tab where a site is wanted, with the variables that hold one' {
        Push-Location $TestDrive
        try {
            $global:chat = Import-SummitSite $path
            $global:chart = 1
            Set-Content "it's.site.json" '{}'
            Set-Content 'other.json' '{}'
            $offered = (Get-Completion 'Invoke-SummitDiagnostic -Site ').CompletionText
            $offered | Should -Contain '$chat'
            $offered | Should -Not -Contain '$chart'
            $offered | Should -Contain "(Import-SummitSite './chat.site.json')"
            $offered | Should -Contain "(Import-SummitSite './it''s.site.json')"
            $offered -match 'other' | Should -BeNullOrEmpty
        }
        finally {
            Pop-Location
            Remove-Variable chat, chart -Scope Global
        }
    }
}
