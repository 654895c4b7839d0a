# The repository's own PowerShell, held to what PSScriptAnalyzer asks for.

BeforeDiscovery {
    $root = (Resolve-Path "$PSScriptRoot/../..").Path
    $scripts = @(
        Get-Item "$root/build.ps1"
        Get-ChildItem "$root/docs", "$root/examples", "$root/src", "$PSScriptRoot", "$root/tests/Summit.Ops.Pester.Tests" -Recurse -File -Include *.ps1, *.psm1 |
            Where-Object FullName -NotMatch '[\\/](bin|obj)[\\/]'
    ) | ForEach-Object { @{ Name = [IO.Path]::GetRelativePath($root, $_.FullName); Path = $_.FullName } }
}

Describe '<Name>' -ForEach $scripts {
    BeforeAll {
        $problems = $null
        $tree = [Management.Automation.Language.Parser]::ParseFile($Path, [ref] $null, [ref] $problems)
        $functions = $tree.FindAll({ $args[0] -is [Management.Automation.Language.FunctionDefinitionAst] }, $true)
    }

    It 'parses' {
        $problems | Should -BeNullOrEmpty
    }

    It 'is ASCII, or says its encoding by a BOM' {
        $bytes = [IO.File]::ReadAllBytes($Path)
        $marked = $bytes.Length -ge 3 -and $bytes[0] -eq 0xEF -and $bytes[1] -eq 0xBB -and $bytes[2] -eq 0xBF
        ($marked -or -not ($bytes -gt 127)) | Should -BeTrue
    }

    It 'names its functions by an approved verb and a singular noun' {
        foreach ($function in $functions | Where-Object Name -Match '-') {
            $verb, $noun = $function.Name.Split('-', 2)
            $verb | Should -BeIn (Get-Verb).Verb -Because $function.Name
            ($noun -match 's$' -and $noun -notmatch '(ss|us|is|Ops|Dns)$') | Should -BeFalse -Because "$($function.Name) has a singular noun"
        }
    }

    It 'changes nothing by a function without ShouldProcess' {
        foreach ($function in $functions | Where-Object Name -Match '^(New|Set|Remove|Start|Stop|Restart|Reset|Update)-') {
            $function.Body.Extent.Text | Should -Match 'SupportsShouldProcess' -Because "$($function.Name) has -WhatIf"
        }
    }

    It 'assigns no variable that it does not use' {
        # BeforeAll and its like share their variables with the whole file, and a text may be run: a use anywhere counts
        $text = $tree.Extent.Text
        $assigned = $tree.FindAll({ $args[0] -is [Management.Automation.Language.AssignmentStatementAst] -and $args[0].Left -is [Management.Automation.Language.VariableExpressionAst] }, $true)
        foreach ($assignment in $assigned) {
            $name = $assignment.Left.VariablePath.UserPath
            if ($name -match '(^null$|Preference$|^env:|^global:|^script:)') { continue }
            [regex]::Matches($text, "[`$@]\{?$name\b", 'IgnoreCase').Count | Should -BeGreaterThan 1 -Because "`$$name is used after line $($assignment.Extent.StartLineNumber)"
        }
    }
}

Describe 'examples/gate.ps1' {
    It 'ends with 2 where it cannot find out: <Name>' -ForEach @(
        @{ Name = 'no site file named'; Arguments = '' }
        @{ Name = 'the site file is missing'; Arguments = "-SiteFile '/nonexistent.site.json'" }
    ) {
        $gate = (Resolve-Path "$PSScriptRoot/../../examples/gate.ps1").Path
        $said = & dotnet exec (Join-Path $PSHOME 'pwsh.dll') -NoProfile -NonInteractive -Command "& '$gate' $Arguments; exit `$LASTEXITCODE" 2>&1
        $LASTEXITCODE | Should -Be 2
        "$said" | Should -Match '^could not find out: '
    }
}
