#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.3.0' }

# The tutorial and the cookbook are run as they stand, from top to bottom, in a PowerShell of their own; what they print is what they show.
# With SUMMIT_WRITE_DOCS=1 each output without [...] is written anew.

BeforeDiscovery {
    $documents = 'tutorial', 'cookbook' | ForEach-Object {
        $path = (Resolve-Path "$PSScriptRoot/../../docs/$_.md").Path
        $text = Get-Content -Raw $path
        $steps = @([regex]::Matches($text, '(?ms)^```powershell\n(?<code>.*?)^```\n(?:\n```text\n(?<shown>.*?)^```\n)?') | ForEach-Object -Begin { $number = 0 } -Process {
                @{ Number = $number++; Code = $_.Groups['code'].Value; Shown = $_.Groups['shown'].Value; Line = $text.Substring(0, $_.Index).Split("`n").Count }
            })
        @{ Document = "docs/$_.md"; Path = $path; Steps = $steps }
    }
}

Describe '<Document>' -ForEach $documents {
    BeforeAll {
        # what differs from run to run and from machine to machine, and where a console breaks its lines
        function Get-Essence([string] $Text) {
            $Text = $Text -replace "\b$([regex]::Escape([Environment]::MachineName))\b", 'web1' -replace '\s', ''
            $Text -replace '[0-9a-f]{8,}', '#' -replace '\d+(\.\d+)?', '#' -replace '-{2,}', '--'
        }

        $script = [Text.StringBuilder]::new("`$ErrorActionPreference = 'Stop'`n")
        foreach ($step in $Steps) {
            $null = $script.Append("'<<< $($step.Number) >>>'`ntry {`n. {`n$($step.Code)} | Out-Default`n} catch { `"<<<error>>> `$_`" }`n")
        }
        $root = (Resolve-Path "$PSScriptRoot/../..").Path
        $file = Join-Path ([IO.Directory]::CreateTempSubdirectory('summit-document-')) 'document.ps1'
        Set-Content -Path $file -Value $script
        $before = $env:HOME, $env:NO_COLOR, $env:LC_ALL
        try {
            # English words are wrapped as words, and ~ is a folder of this run's own
            $env:HOME, $env:NO_COLOR, $env:LC_ALL = (Split-Path $file), '1', 'en_US.UTF-8'
            Push-Location $root
            $said = (& dotnet exec (Join-Path $PSHOME 'pwsh.dll') -NoLogo -NoProfile -NonInteractive -File $file 2>&1) -join "`n"
        }
        finally {
            Pop-Location
            $env:HOME, $env:NO_COLOR, $env:LC_ALL = $before
        }
        $printed = @{}
        $parts = $said -split '<<< (\d+) >>>\n?'
        for ($i = 1; $i -lt $parts.Count; $i += 2) { $printed[[int] $parts[$i]] = $parts[$i + 1].Trim("`n") }
        Remove-Item (Split-Path $file) -Recurse -Force

        if ($env:SUMMIT_WRITE_DOCS) {
            $script:next = 0
            $written = [regex]::Replace((Get-Content -Raw $Path), '(?ms)^```powershell\n.*?^```\n(?:\n```text\n(?<shown>.*?)^```\n)?', {
                    $output = $printed[$script:next++] -replace "\b$([regex]::Escape([Environment]::MachineName))\b", 'web1'
                    $shown = $args[0].Groups['shown']
                    if (-not $shown.Success -or $shown.Value.Contains('[...]')) { return $args[0].Value }
                    $lines = ($output -split "`n").TrimEnd() -join "`n"
                    $args[0].Value.Remove($shown.Index - $args[0].Index, $shown.Length).Insert($shown.Index - $args[0].Index, "$lines`n")
                })
            [IO.File]::WriteAllText($Path, $written)
        }
    }

    It 'line <Line> does what it says' -ForEach $Steps {
        $printed.ContainsKey($Number) | Should -BeTrue -Because "the document is run up to here: $said"
        $output = $printed[$Number]
        $output | Should -Not -Match '<<<error>>>'
        if (-not $env:SUMMIT_WRITE_DOCS) {
            $actual = Get-Essence $output
            foreach ($piece in $Shown -split '(?m)^\s*\[\.\.\.\]\s*$') { $actual.Contains((Get-Essence $piece)) | Should -BeTrue -Because "it prints`n$output" }
        }
    }
}
