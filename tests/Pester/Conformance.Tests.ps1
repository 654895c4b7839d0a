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

    It '-Region offers the regions, each with its place' {
        $offered = Get-Completion 'Invoke-SummitDiagnostic -Region eu-w'
        $offered.CompletionText | Should -Be 'eu-west-1', 'eu-west-2', 'eu-west-3'
        $offered[0].ToolTip | Should -BeExactly 'Ireland'
    }

    It '-InstanceId and -Tag offer the instances that a variable holds, and no file' {
        $sample = Get-Sample SummitTarget
        $global:web = $sample
        try {
            $offered = Get-Completion 'Invoke-SummitDiagnostic -InstanceId '
            $offered.CompletionText | Should -Be $sample.InstanceId
            $offered[0].ToolTip | Should -Match $sample.Name
            (Get-Completion 'Get-SummitTarget -Tag ').CompletionText | Should -Contain "@{ Name = '$($sample.Name)' }"
        }
        finally {
            Remove-Variable web -Scope Global
        }
    }
}

Describe 'A site in $PSDefaultParameterValues' {
    BeforeAll {
        $site = New-SummitSite -Name chat -ServerName chat.example.com
        $other = New-SummitSite -Name shop -ServerName shop.example.com
        $file = Join-Path $TestDrive 'shop.conf'
        Set-Content $file (New-SummitNginxConfig -Site $other).Text
        $PSDefaultParameterValues = @{ '*-Summit*:Site' = $site }
    }

    It 'is meant where none is named' {
        (New-SummitNginxConfig).Servers.ServerNames | Should -Contain 'chat.example.com'
        (Test-SummitWebSocket -ConnectTo 127.0.0.1:1).Uri | Should -BeExactly 'wss://chat.example.com/ws'
    }

    It 'gives way to what is named: <Line>' -ForEach @(
        @{ Line = '(New-SummitNginxConfig -Site $other).Text'; Has = 'shop\.example\.com' }
        @{ Line = 'Test-SummitWebSocket -Uri ws://127.0.0.1:1/ws | ForEach-Object Uri'; Has = '^ws://127' }
        @{ Line = '"ws://127.0.0.1:1/ws" | Test-SummitWebSocket | ForEach-Object Uri'; Has = '^ws://127' }
        @{ Line = 'Test-SummitWebSocket -Site $other -ConnectTo 127.0.0.1:1 | ForEach-Object Uri'; Has = 'shop' }
        @{ Line = 'Test-SummitCertificate -Uri wss://127.0.0.1:1/ws | ForEach-Object Target'; Has = '127' }
        @{ Line = 'Get-SummitNginxConfig -Path $file | ForEach-Object Path'; Has = 'shop\.conf' }
        @{ Line = '(Get-SummitNginxConfig -Path $file | Repair-SummitNginxConfig -Site $other).Text'; Has = 'shop\.example' }
        @{ Line = '"# configuration file /etc/nginx/nginx.conf:", "http { }" | Get-SummitNginxConfig | ForEach-Object Path'; Has = 'nginx\.conf' }
        @{ Line = 'Get-SummitNginxConfig -Path $file | Resolve-SummitNginxLocation wss://shop.example.com/ws | ForEach-Object ProxyPass'; Has = 'localhost:4000' }
        @{ Line = 'Get-SummitCloseCode 1006 | ForEach-Object Name'; Has = 'Abnormal' }
    ) {
        $output = Invoke-Expression $Line | Out-String
        $output.Trim() | Should -Match $Has
    }
}

Describe 'An object that crosses a wire' {
    BeforeAll {
        $folder = (New-Item -ItemType Directory (Join-Path $TestDrive 'wire')).FullName
        function Get-Whole($Object) { [Text.Json.JsonSerializer]::Serialize($Object, $Object.GetType()) }
        # as an older session, without the module, has read it
        function Get-Saved([string] $Path) {
            $session = [powershell]::Create()
            try { $session.AddScript("Import-Clixml -LiteralPath '$Path'").Invoke()[0] } finally { $session.Dispose() }
        }
    }

    It 'is itself again after Export-Clixml: <Type>' -ForEach $types {
        $sample = Get-Sample $Type
        $path = Join-Path $folder "$Type.xml"
        $sample | Export-Clixml -LiteralPath $path
        $read = Import-Clixml -LiteralPath $path
        $read.GetType() | Should -Be $sample.GetType()
        Get-Whole $read | Should -BeExactly (Get-Whole $sample)
        "$read" | Should -BeExactly "$sample"
    }

    It 'keeps checks, causes, proof and enums through Start-Job' {
        $diagnosis = Get-Sample SummitDiagnosis
        $path = Join-Path $folder 'job.xml'
        $diagnosis | Export-Clixml -LiteralPath $path
        $module = (Resolve-Path "$PSScriptRoot/../../Summit.Ops.psd1").Path
        $back = Start-Job { param($module, $path) Import-Module $module; Import-Clixml -LiteralPath $path } -ArgumentList $module, $path | Receive-Job -Wait -AutoRemoveJob
        $back | Should -BeOfType $diagnosis.GetType()
        $back.Checks[1].Status | Should -Be 'Fail'
        $back.WebSocket[0].Certificate.Problems[0].Cause | Should -Be 'CertificateExpired'
        Get-Whole $back | Should -BeExactly (Get-Whole $diagnosis)
    }

    It 'is the object itself in ForEach-Object -Parallel' {
        $diagnosis = Get-Sample SummitDiagnosis
        $diagnosis | ForEach-Object -Parallel { $_ } | Should -Be $diagnosis
    }

    It 'looks the same where it was read before the module was there: <_>' -ForEach 'SummitDiagnosis', 'SummitCheck', 'SummitRepair', 'SummitRepairStep', 'SummitWebSocketResult', 'SummitLogLine' {
        $sample = Get-Sample $_
        $path = Join-Path $folder "$_.old.xml"
        $sample | Export-Clixml -LiteralPath $path
        $saved = Get-Saved $path
        $saved.PSTypeNames[0] | Should -BeExactly "Deserialized.Summit.Ops.$_"
        $saved | Out-String -Width 100 | Should -BeExactly ($sample | Out-String -Width 100)
    }

    It 'makes a report where it was read before the module was there' {
        $diagnosis = Get-Sample SummitDiagnosis
        $path = Join-Path $folder 'report.xml'
        $diagnosis | Export-Clixml -LiteralPath $path
        $report = Join-Path $folder 'report.json'
        $null = Get-Saved $path | Export-SummitReport -Path $report
        Get-Whole (Import-SummitReport $report) | Should -BeExactly (Get-Whole $diagnosis)
    }

    It 'is whole as JSON with -Depth 10 -EnumsAsStrings' {
        foreach ($type in 'SummitDiagnosis', 'SummitRepair') {
            $json = Get-Sample $type | ConvertTo-Json -Depth 10 -EnumsAsStrings -WarningVariable cut -WarningAction SilentlyContinue
            $cut | Should -BeNullOrEmpty -Because $type
            $read = $json | ConvertFrom-Json
            ($read.Before ?? $read).Checks[1].Status | Should -BeExactly 'Fail'
        }
    }

    It 'has words in each cell of Export-Csv: <Type>' -ForEach ($types | Where-Object { $_.Type -notin 'SummitNginxConfig', 'SummitNginxServer', 'SummitNginxLocation', 'SummitNginxDirective', 'SummitNginxRoute', 'SummitRedirect' }) {
        Get-Sample $Type | ConvertTo-Csv | Should -Not -Match 'System\.|Summit\.Ops\.|`\d\['
    }

    It 'says what it is in a line: <Type>' -ForEach ($types | Where-Object { $_.Type -ne 'SummitNginxConfig' }) {
        $text = [string] (Get-Sample $Type)
        $text | Should -Not -BeNullOrEmpty
        $text | Should -Not -Match "[\r\n]|^$Type|Summit\.Ops"
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
