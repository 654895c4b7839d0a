# What holds for every cmdlet, and for the module as a whole, in the real pwsh.

BeforeDiscovery {
    Import-Module "$PSScriptRoot/Support.psm1"
    Import-Summit
    $commands = @(foreach ($command in Get-Command -Module Summit.Ops) {
        $own = $command.ImplementingType.GetProperties() | Where-Object { $_.GetCustomAttributes([Parameter], $true) }
        @{ Name = $command.Name; Own = @($own.Name) }
    })
    $changing = 'Deploy', 'Restore', 'Restart', 'Export'
    $changes = @($commands | Where-Object { $_.Name.Split('-')[0] -in $changing -or $_.Name -eq 'Repair-SummitWebSocket' })
    $looks = @($commands | Where-Object { $_.Name -notin $changes.Name })

    $enums = foreach ($command in Get-Command -Module Summit.Ops) {
        foreach ($parameter in $command.Parameters.Values) {
            $type = $parameter.ParameterType
            if ($type.IsArray) { $type = $type.GetElementType() }
            $type = [Nullable]::GetUnderlyingType($type) ?? $type
            if ($type.IsEnum -and $type.Namespace -eq 'Summit.Ops') { @{ Name = $command.Name; Parameter = $parameter.Name; Values = [Enum]::GetNames($type) } }
        }
    }
    $samples = [Reflection.Assembly]::LoadFrom($env:SUMMIT_SAMPLES).GetType('Summit.Ops.Tests.Conformance.Samples')
    $null = New-SummitSite # loads what the samples are made of
    $types = @(foreach ($type in $samples.GetProperty('ModelTypes').GetValue($null)) { @{ Type = $type.Name } })
}

BeforeAll {
    Import-Module "$PSScriptRoot/Support.psm1"
    Import-Summit
    $null = New-SummitSite
    $manifest = Import-PowerShellDataFile "$PSScriptRoot/../../Summit.Ops.psd1"
    $samples = [Reflection.Assembly]::LoadFrom($env:SUMMIT_SAMPLES).GetType('Summit.Ops.Tests.Conformance.Samples').GetProperty('All').GetValue($null)

    function Get-Sample([string] $Type) {
        foreach ($pair in $samples.GetEnumerator()) { if ($pair.Key.Name -eq $Type) { return , $pair.Value } }
        if ($Type -eq 'SummitNginxConfig') { return New-SummitNginxConfig }
        throw "Samples.cs has no $Type."
    }
}

Describe 'The module' {
    It 'exports what the manifest names, and nothing else' {
        (Get-Command -Module Summit.Ops).Name | Sort-Object | Should -Be ($manifest.CmdletsToExport | Sort-Object)
        (Get-Module Summit.Ops).ExportedAliases.Count + (Get-Module Summit.Ops).ExportedVariables.Count | Should -Be 0
    }

    It 'has a valid manifest' {
        Test-ModuleManifest "$PSScriptRoot/../../Summit.Ops.psd1" | ForEach-Object Name | Should -Be 'Summit.Ops'
    }

    It 'imports without a warning about its names' {
        Import-Module "$PSScriptRoot/../../Summit.Ops.psd1" -Force -Global -WarningVariable warnings 3>$null
        $warnings | Should -BeNullOrEmpty
    }

    It 'can be removed and imported again' {
        $said = Invoke-Pwsh 'Remove-Module Summit.Ops; $gone = -not (Get-Module Summit.Ops); Import-Module $manifest; "$gone $((New-SummitSite).Name)"'.Replace('$manifest', "'$((Resolve-Path "$PSScriptRoot/../../Summit.Ops.psd1").Path)'")
        $said.Output | Should -Be 'True summit-api'
        $said.ExitCode | Should -Be 0
    }

    It 'is found through PSModulePath, without an import' {
        $modules = (New-Item -ItemType Directory (Join-Path $TestDrive 'Modules')).FullName
        $null = New-Item -ItemType SymbolicLink -Path (Join-Path $modules 'Summit.Ops') -Target (Resolve-Path "$PSScriptRoot/../..").Path
        $script = "`$env:PSModulePath = '$modules' + [IO.Path]::PathSeparator + `$env:PSModulePath; (New-SummitSite).Name"
        & dotnet exec (Join-Path $PSHOME 'pwsh.dll') -NoProfile -NonInteractive -Command $script | Should -Be 'summit-api'
    }

    It 'has the topic <_>' -ForEach 'about_Summit_Ops', 'about_Summit_Permissions', 'about_Summit_Diagnosis', 'about_Summit_Deployment' {
        Get-Help $_ | Out-String | Should -Match $_
    }
}

Describe '<Name>' -ForEach $commands {
    BeforeAll {
        $command = Get-Command $Name
        $page = Get-Help $Name -Full
        function Get-Text($Item) { (@($Item) | ForEach-Object { $_.Text ?? [string] $_ }) -join ' ' }
    }

    It 'has an approved verb and a noun with the prefix Summit' {
        $command.Verb | Should -BeIn (Get-Verb).Verb
        $command.Noun | Should -MatchExactly '^Summit[A-Z]'
    }

    It 'has a synopsis, a description and a link' {
        $page.Synopsis.Trim() | Should -Not -BeNullOrEmpty
        $page.Synopsis | Should -Not -BeLike "*$Name *"
        (Get-Text $page.description).Trim() | Should -Not -BeNullOrEmpty
        @($page.relatedLinks.navigationLink).Count | Should -BeGreaterThan 0
    }

    It 'has three examples at least, each with a title, code that parses and a text' {
        @($page.examples.example).Count | Should -BeGreaterOrEqual 3
        foreach ($example in $page.examples.example) {
            $example.title.Trim() | Should -Not -BeNullOrEmpty
            (Get-Text $example.remarks).Trim() | Should -Not -BeNullOrEmpty
            $problems = $null
            $tree = [Management.Automation.Language.Parser]::ParseInput($example.code, [ref] $null, [ref] $problems)
            $problems | Should -BeNullOrEmpty -Because $example.code
            $tree.FindAll({ $args[0] -is [Management.Automation.Language.CommandAst] -and $args[0].GetCommandName() -eq $Name }, $true) | Should -Not -BeNullOrEmpty -Because "an example of $Name calls it: $($example.code)"
        }
    }

    It 'describes every parameter as it binds' {
        foreach ($parameter in $Own) {
            $help = $page.parameters.parameter | Where-Object name -EQ $parameter
            (Get-Text $help.description).Trim() | Should -Not -BeNullOrEmpty -Because "-$parameter has a description"
            $uses = @($command.Parameters[$parameter].Attributes | Where-Object { $_ -is [Parameter] })
            $help.position | Should -Be $(if ($uses[0].Position -lt 0) { 'named' } else { "$($uses[0].Position)" }) -Because "-$parameter"
            $help.aliases | Should -Be $(if ($command.Parameters[$parameter].Aliases) { $command.Parameters[$parameter].Aliases -join ', ' } else { 'none' }) -Because "-$parameter"
            $wildcards = $command.Parameters[$parameter].Attributes | Where-Object { $_ -is [SupportsWildcards] }
            $help.globbing | Should -Be "$([bool] $wildcards)".ToLowerInvariant() -Because "-$parameter"
            $help.required | Should -Be "$($uses[0].Mandatory)".ToLowerInvariant() -Because "-$parameter"
            ($help.pipelineInput -match 'ByValue') | Should -Be $uses[0].ValueFromPipeline -Because "-$parameter"
            ($help.pipelineInput -match 'ByPropertyName') | Should -Be $uses[0].ValueFromPipelineByPropertyName -Because "-$parameter"
        }
    }

    It 'renders its help whole' {
        $text = Get-Help $Name -Full | Out-String
        foreach ($part in 'NAME', 'SYNOPSIS', 'SYNTAX', 'DESCRIPTION', 'PARAMETERS', 'OUTPUTS', $Name) { $text | Should -MatchExactly $part }
        Get-Help $Name -Parameter $Own[0] | Out-String | Should -Match "-$($Own[0])"
    }

    It 'says what it emits' {
        $command.OutputType | Should -Not -BeNullOrEmpty
    }

    It 'offers its parameters to Tab' {
        $offered = (Get-Completion "$Name -").CompletionText
        foreach ($parameter in $Own) { $offered | Should -Contain "-$parameter" }
    }

    It 'refuses a parameter that it does not have before it starts' {
        $problem = Get-Problem { & $Name -NoSuchParameter 1 }
        $problem.FullyQualifiedErrorId | Should -BeLike 'NamedParameterNotFound*'
    }
}

Describe '<Name>, which changes something,' -ForEach $changes {
    It 'has -WhatIf and asks nothing in an unattended run' {
        $command = Get-Command $Name
        $command.Parameters.Keys | Should -Contain 'WhatIf'
        $attribute = $command.ImplementingType.GetCustomAttributes([Management.Automation.CmdletAttribute], $false)[0]
        $attribute.ConfirmImpact | Should -Be 'Medium'
    }
}

Describe '<Name>, which only looks,' -ForEach $looks {
    It 'has no -WhatIf' {
        (Get-Command $Name).Parameters.Keys | Should -Not -Contain 'WhatIf'
    }
}

Describe 'Completion' {
    It '<Name> -<Parameter> offers its values and no file' -ForEach $enums {
        (Get-Completion "$Name -$Parameter ").CompletionText | Sort-Object | Should -Be ($Values | Sort-Object)
    }
}

Describe 'The view of <Type>' -ForEach $types {
    BeforeAll {
        $sample = Get-Sample $Type
    }

    It 'fits into <_> columns' -ForEach 80, 120 {
        $width = $_
        $lines = Format-At $sample $width
        $lines | Should -Not -BeNullOrEmpty
        $lines | Where-Object { ($_ -replace "`e\[[0-9;]*m").TrimEnd().Length -gt $width } | Should -BeNullOrEmpty
    }

    It 'is plain text where output is plain' {
        $before = $PSStyle.OutputRendering
        try {
            $PSStyle.OutputRendering = 'PlainText'
            $sample | Out-String | Should -Not -Match "`e"
        }
        finally {
            $PSStyle.OutputRendering = $before
        }
    }
}
