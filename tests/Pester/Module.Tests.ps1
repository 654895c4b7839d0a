# The module in a real pwsh: what the tests under dotnet test cannot see is pwsh's own console, modules and pipeline.
# Run: ./build.ps1 -Task Pester

BeforeDiscovery {
    $manifest = Import-PowerShellDataFile "$PSScriptRoot/../../Summit.Ops.psd1"
    $commands = foreach ($name in $manifest.CmdletsToExport) { @{ Name = $name } }
}

BeforeAll {
    $exported = (Import-PowerShellDataFile "$PSScriptRoot/../../Summit.Ops.psd1").CmdletsToExport
    Import-Module "$PSScriptRoot/../../Summit.Ops.psd1" -Force
}

Describe 'The module' {
    It 'exports <Name>' -ForEach $commands {
        Get-Command -Module Summit.Ops -Name $Name | Should -Not -BeNullOrEmpty
    }

    It 'exports nothing else' {
        (Get-Command -Module Summit.Ops).Count | Should -Be $exported.Count
    }

    It 'uses approved verbs' {
        $approved = (Get-Verb).Verb
        Get-Command -Module Summit.Ops | Where-Object Verb -NotIn $approved | Should -BeNullOrEmpty
    }

    It 'can be removed and imported again' {
        Remove-Module Summit.Ops
        Get-Module Summit.Ops | Should -BeNullOrEmpty
        Import-Module "$PSScriptRoot/../../Summit.Ops.psd1"
        (New-SummitSite).Name | Should -Be 'summit-api'
    }

    It 'is found through PSModulePath, without an import' {
        $modules = (New-Item -ItemType Directory (Join-Path $TestDrive 'Modules')).FullName
        $null = New-Item -ItemType SymbolicLink -Path (Join-Path $modules 'Summit.Ops') -Target (Resolve-Path "$PSScriptRoot/../..").Path
        $path = $modules + [IO.Path]::PathSeparator + $env:PSModulePath
        pwsh -NoProfile -Command "`$env:PSModulePath = '$path'; (New-SummitSite).Name" | Should -Be 'summit-api'
    }
}

Describe 'Help' {
    It '<Name> has a page with examples' -ForEach $commands {
        $page = Get-Help $Name -Full
        $page.Synopsis | Should -Not -BeLike "$Name *"
        @($page.examples.example).Count | Should -BeGreaterOrEqual 3
    }

    It 'has the topic <_>' -ForEach 'about_Summit_Ops', 'about_Summit_Permissions', 'about_Summit_Diagnosis', 'about_Summit_Deployment' {
        Get-Help $_ | Out-String | Should -Match $_
    }
}

Describe 'Formatting' {
    It 'shows a site as a table of 80 columns' {
        $lines = New-SummitSite | Out-String -Width 80 -Stream
        $lines -join "`n" | Should -Match 'summit-api\.codingeverest\.com'
        $lines | Where-Object Length -GT 80 | Should -BeNullOrEmpty
    }

    It 'shows no escape sequences where output is plain' {
        $before = $PSStyle.OutputRendering
        try {
            $PSStyle.OutputRendering = 'PlainText'
            Get-SummitCloseCode 1006 | Out-String | Should -Not -Match "`e"
        }
        finally {
            $PSStyle.OutputRendering = $before
        }
    }
}
