<#
.SYNOPSIS
    Runs Pester files, or only lists their tests, and writes what came out as JSON.
#>
[CmdletBinding()]
param(
    # The Pester.psd1 to use.
    [Parameter(Mandatory)] [string] $Pester,
    # The files, in the order in which they run.
    [Parameter(Mandatory)] [string] $Path,
    # Where the result goes.
    [Parameter(Mandatory)] [string] $Report,
    # Lists the tests and runs none.
    [switch] $List
)

$ErrorActionPreference = 'Stop'
Import-Module $Pester
$configuration = New-PesterConfiguration
$configuration.Run.Path = $Path.Split([IO.Path]::PathSeparator)
$configuration.Run.PassThru = $true
$configuration.Run.SkipRun = $List.IsPresent
$configuration.Output.Verbosity = 'None'
$configuration.TestRegistry.Enabled = $false
$run = Invoke-Pester -Configuration $configuration

function Get-Problem($Item) {
    foreach ($problem in $Item.ErrorRecord) { ($problem.DisplayErrorMessage ?? $problem.Exception.Message), ($problem.DisplayStackTrace ?? $problem.ScriptStackTrace) -join "`n" }
}

function Get-Test($Block) {
    foreach ($item in $Block.Order) {
        if ($item.ItemType -eq 'Block') { Get-Test $item; continue }
        # Pester fills a name's <placeholders> as it runs; for a list the data of -ForEach is enough
        $name = $item.ExpandedPath
        if ($List) {
            $name = $item.Path -join '.'
            $own = if ($item.Data -is [Collections.IDictionary]) { $item.Data } elseif ($null -ne $item.Data) { @{ _ = $item.Data } } else { @{} }
            foreach ($key in $own.Keys) { $name = $name.Replace("<$key>", [string] $own[$key]) }
            for ($parent = $item.Block; $parent -and -not $parent.IsRoot; $parent = $parent.Parent) {
                if ($parent.Data -is [Collections.IDictionary]) { foreach ($key in $parent.Data.Keys) { $name = $name.Replace("<$key>", [string] $parent.Data[$key]) } }
                elseif ($null -ne $parent.Data) { $name = $name.Replace('<_>', [string] $parent.Data) }
            }
        }
        [ordered]@{
            Path = $item.Path -join '.'
            Name = $name
            Result = [string] $item.Result
            Problem = (Get-Problem $item) -join "`n"
            Milliseconds = [int] $item.Duration.TotalMilliseconds
        }
    }
}

function Get-BlockProblem($Block) {
    foreach ($item in $Block.Order) {
        if ($item.ItemType -ne 'Block') { continue }
        Get-Problem $item
        Get-BlockProblem $item
    }
}

$containers = foreach ($container in $run.Containers) {
    [ordered]@{
        File = [IO.Path]::GetFileName([string] $container.Item)
        Problems = @(Get-Problem $container; foreach ($block in $container.Blocks) { Get-Problem $block; Get-BlockProblem $block })
        Tests = @(foreach ($block in $container.Blocks) { Get-Test $block })
    }
}
$result = [ordered]@{
    Pester = [string] (Get-Module Pester).Version
    PowerShell = [string] $PSVersionTable.PSVersion
    Containers = @($containers)
}
[IO.File]::WriteAllText($Report, (ConvertTo-Json $result -Depth 6))
