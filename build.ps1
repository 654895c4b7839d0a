#!/usr/bin/env pwsh
#Requires -Version 7.4
<#
.SYNOPSIS
    Builds, tests and packs Summit.Ops. Needs the .NET SDK and nothing else.
.DESCRIPTION
    Build   makes the module in the root of the checkout: Import-Module ./Summit.Ops.psd1 works afterwards.
    Test    runs every test project (dotnet test).
    Pester  runs tests/Pester in the pinned PowerShell, under the pinned Pester; -Filter picks some by their names.
    Bench   runs the benchmarks in tests/Benchmarks; -Filter picks some.
    Pack    makes out/Summit.Ops/<version>/, the folder that a gallery or an EC2 host takes, and out/Summit.Ops.zip for
            Azure Automation; what is not needed to run the module is not in them. Beside them lie out/Summit.Ops.cdx.json, which names
            each package in them (CycloneDX), and out/SHA256SUMS. The packages must be those of the lock files, and the same commit
            gives the same bytes. With -Runtime the package is one for that platform, and the archive's name says so.
    Each task builds what it needs. The first one that fails ends the run.
.EXAMPLE
    dotnet pwsh build.ps1
    Builds the module; `dotnet tool restore` brings pwsh.
.EXAMPLE
    dotnet pwsh build.ps1 -Task Test, Pack
    Runs the tests, then packs a Release build.
.EXAMPLE
    dotnet pwsh build.ps1 -Task Bench -Filter '*Parse*'
    Runs the benchmarks whose names contain Parse.
#>
[CmdletBinding()]
param(
    # What to do, in this order.
    [ValidateSet('Build', 'Test', 'Pester', 'Bench', 'Pack')]
    [string[]] $Task = 'Build',

    # The configuration to build and test; Bench and Pack always take Release.
    [ValidateSet('Debug', 'Release')]
    [string] $Configuration = 'Debug',

    # Which benchmarks, or which Pester tests, to run.
    [string] $Filter = '*',

    # Pack only: compiles ahead of time for PowerShell 7.6 on this platform, where the first calls are quicker then.
    [ValidateSet('linux-x64', 'linux-arm64', 'win-x64', 'osx-arm64')]
    [string] $Runtime
)

$ErrorActionPreference = 'Stop'
$root = $PSScriptRoot

function Invoke-DotNet {
    & dotnet @args
    if ($LASTEXITCODE -ne 0) { throw "dotnet $($args -join ' ') ended with exit code $LASTEXITCODE." }
}

function Invoke-Build([string] $In) {
    Invoke-DotNet build "$root/src/Summit.Ops" --configuration $In --nologo --verbosity quiet -warnaserror @args
}

function Invoke-PesterSuite {
    $picked = if ($Filter -ne '*') { '--filter', "DisplayName~$Filter" }
    Invoke-DotNet test "$root/tests/Summit.Ops.Pester.Tests" --configuration $Configuration --nologo @picked
}

function Get-Sha256([string] $Path) {
    [Convert]::ToHexString([Security.Cryptography.SHA256]::HashData([IO.File]::ReadAllBytes($Path))).ToLowerInvariant()
}

# The libraries that are used in each session, compiled; the large one of EC2 gains nothing by it.
function Get-CompiledLibrary {
    $compiled = [IO.Path]::Combine($root, 'out', 'ReadyToRun', $Runtime)
    Invoke-DotNet publish "$root/.build/ReadyToRun" --configuration Release --runtime $Runtime --output $compiled --nologo --verbosity quiet
    [IO.Directory]::GetFiles($compiled, '*.dll').Where{ [IO.Path]::GetFileName($_) -match '^(Summit\.Ops(\.Core|\.Aws)?|AWSSDK\.(Core|SimpleSystemsManagement))\.dll$' }
}

function Compress-Module {
    $manifest = Test-ModuleManifest "$root/Summit.Ops.psd1"
    $out = [IO.Path]::Combine($root, 'out')
    $module = [IO.Path]::Combine($out, 'Summit.Ops')
    $folder = [IO.Path]::Combine($module, [string] $manifest.Version)
    if ([IO.Directory]::Exists($module)) { [IO.Directory]::Delete($module, $true) }

    # everything that ships, and nothing by accident: no symbols, no reference documentation, no leftovers of a build
    $shipped = foreach ($pattern in 'Summit.Ops.psd1', 'LICENSE', 'THIRD-PARTY-NOTICES.md', 'README.md', 'CHANGELOG.md', 'docs/rules/*.md', 'docs/causes/*.md', 'examples/*.ps1', 'examples/*.json', 'examples/summit-watch.*', 'bin/*.dll', 'bin/*.ps1xml', 'bin/lib/*.dll', 'bin/aws/*.dll', 'en-US/*.xml', 'en-US/*.txt') {
        $found = [IO.Directory]::GetFiles([IO.Path]::Combine($root, [IO.Path]::GetDirectoryName($pattern)), [IO.Path]::GetFileName($pattern))
        if (-not $found) { throw "There is no $pattern to pack." }
        $found
    }
    # the lab stays in the checkout
    $shipped = $shipped | Where-Object { [IO.Path]::GetFileName($_) -notmatch 'Summit(\.Ops\.|_)Lab\b' }
    $compiled = @{}
    if ($Runtime) { foreach ($file in Get-CompiledLibrary) { $compiled[[IO.Path]::GetFileName($file)] = $file } }
    foreach ($file in $shipped) {
        $target = [IO.Path]::Combine($folder, [IO.Path]::GetRelativePath($root, $file))
        [void] [IO.Directory]::CreateDirectory([IO.Path]::GetDirectoryName($target))
        [IO.File]::Copy($compiled[[IO.Path]::GetFileName($file)] ?? $file, $target)
    }

    # a third party's library is one of a package that is locked, and the notices are written from what those packages say of themselves
    $packages = (& dotnet nuget locals global-packages --list) -replace '^global-packages:\s*'
    $notices = [Collections.Generic.List[string]]::new()
    $locked = @{}
    foreach ($project in 'Summit.Ops', 'Summit.Ops.Core', 'Summit.Ops.Aws') {
        $lock = [IO.File]::ReadAllText([IO.Path]::Combine($root, 'src', $project, 'packages.lock.json')) | ConvertFrom-Json -AsHashtable
        foreach ($framework in $lock.dependencies.Values) {
            foreach ($package in $framework.GetEnumerator()) { if ($package.Value.resolved) { $locked[$package.Key] = $package.Value } }
        }
    }
    $components = foreach ($file in $shipped | Where-Object { $_.EndsWith('.dll') -and [IO.Path]::GetFileName($_) -notlike 'Summit*' } | Sort-Object -CaseSensitive { [IO.Path]::GetFileName($_) }) {
        $library = [IO.Path]::GetFileNameWithoutExtension($file)
        $package = $locked[$library] ?? $(throw "$library ships and is in no packages.lock.json.")
        $about = ([xml] [IO.File]::ReadAllText([IO.Path]::Combine($packages, $library.ToLowerInvariant(), $package.resolved, "$($library.ToLowerInvariant()).nuspec"))).package.metadata
        # the one licence whose text stands in the notices
        if ($about.license.InnerText -ne 'Apache-2.0') { throw "$library $($package.resolved) is licensed under '$($about.license.InnerText)', and THIRD-PARTY-NOTICES.md has the text of Apache-2.0 alone." }
        $shipsAs = [IO.Path]::GetRelativePath($root, $file).Replace('\', '/')
        $notices.Add("| $library | $($package.resolved) | ``$shipsAs`` | $($about.authors) | $($about.projectUrl) |")
        [ordered]@{
            type = 'library'; 'bom-ref' = "pkg:nuget/$library@$($package.resolved)"; name = $library; version = $package.resolved; purl = "pkg:nuget/$library@$($package.resolved)"
            hashes = @([ordered]@{ alg = 'SHA-512'; content = [Convert]::ToHexString([Convert]::FromBase64String($package.contentHash)).ToLowerInvariant() })
            components = @([ordered]@{
                type = 'file'; name = $shipsAs
                hashes = @([ordered]@{ alg = 'SHA-256'; content = (Get-Sha256 ([IO.Path]::Combine($folder, $shipsAs))) })
            })
        }
    }
    $bill = [ordered]@{
        bomFormat = 'CycloneDX'; specVersion = '1.5'; version = 1
        metadata = [ordered]@{ component = [ordered]@{ type = 'library'; 'bom-ref' = "Summit.Ops@$($manifest.Version)"; name = 'Summit.Ops'; version = [string] $manifest.Version } }
        components = @($components)
    }
    [IO.File]::WriteAllText([IO.Path]::Combine($out, 'Summit.Ops.cdx.json'), ($bill | ConvertTo-Json -Depth 10).ReplaceLineEndings("`n") + "`n")

    $text = [IO.File]::ReadAllText([IO.Path]::Combine($root, 'THIRD-PARTY-NOTICES.md'))
    $table = "| library | version | file | authors | source |`n|---|---|---|---|---|`n" + ($notices -join "`n") + "`n"
    $written = [regex]::Replace($text, '(?m)(?:^\|.*\n)+', { $table }, [Text.RegularExpressions.RegexOptions]::None, [timespan]::FromSeconds(5))
    [IO.File]::WriteAllText([IO.Path]::Combine($folder, 'THIRD-PARTY-NOTICES.md'), $written)

    # Azure Automation wants a folder with the module's name in it, and no version folder
    $zip = [IO.Path]::Combine($out, $Runtime ? "Summit.Ops-$Runtime.zip" : 'Summit.Ops.zip')
    [IO.File]::Delete($zip)
    $archive = [IO.Compression.ZipFile]::Open($zip, 'Create')
    try {
        # in one order and with one time, so that the same files are the same bytes
        foreach ($file in $shipped | Sort-Object -CaseSensitive -Culture '' { [IO.Path]::GetRelativePath($root, $_) }) {
            $entry = $archive.CreateEntry('Summit.Ops/' + [IO.Path]::GetRelativePath($root, $file).Replace('\', '/'))
            $entry.LastWriteTime = [DateTimeOffset]::new(1980, 1, 1, 0, 0, 0, [TimeSpan]::Zero)
            $entry.ExternalAttributes = 0x81A4 -shl 16
            $content = $entry.Open()
            # as it lies in the folder: the notices are written there
            try { $content.Write([IO.File]::ReadAllBytes([IO.Path]::Combine($folder, [IO.Path]::GetRelativePath($root, $file)))) } finally { $content.Dispose() }
        }
    }
    finally {
        $archive.Dispose()
    }

    $sums = foreach ($file in @($zip, [IO.Path]::Combine($out, 'Summit.Ops.cdx.json')) + [IO.Directory]::GetFiles($folder, '*', 'AllDirectories')) {
        '{0}  {1}' -f (Get-Sha256 $file), [IO.Path]::GetRelativePath($out, $file).Replace('\', '/')
    }
    [IO.File]::WriteAllText([IO.Path]::Combine($out, 'SHA256SUMS'), (($sums | Sort-Object -CaseSensitive -Culture '' { $_.Substring(66) }) -join "`n") + "`n")
    "Packed $($shipped.Count) files into $folder and $zip."
}

foreach ($name in $Task) {
    switch ($name) {
        'Build' { Invoke-Build $Configuration }
        'Test' { Invoke-DotNet test "$root/Summit.Ops.sln" --configuration $Configuration --nologo }
        'Pester' { Invoke-PesterSuite }
        'Bench' { Invoke-Build Release; Invoke-DotNet run --project "$root/tests/Benchmarks" --configuration Release '--' --filter $Filter }
        'Pack' { Invoke-Build Release '-p:ContinuousIntegrationBuild=true' '-p:RestoreLockedMode=true'; Compress-Module }
    }
}
