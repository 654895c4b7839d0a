BeforeAll {
    Import-Module "$PSScriptRoot/Support.psm1"
    Import-Summit
}

Describe 'Export-SummitReport' {
    BeforeAll {
        $result = Test-SummitWebSocket 'ws://127.0.0.1:1/ws'
    }

    It 'writes <Format> from the pipeline, and emits the file' -ForEach @(
        @{ Format = 'Html'; Extension = '.html'; Begins = '<!DOCTYPE html>' }
        @{ Format = 'Markdown'; Extension = '.md'; Begins = '#' }
        @{ Format = 'JUnit'; Extension = '.xml'; Begins = '<?xml' }
        @{ Format = 'Json'; Extension = '.json'; Begins = '{' }
        @{ Format = 'Sarif'; Extension = '.sarif'; Begins = '{' }
    ) {
        $path = Join-Path $TestDrive "report$Extension"
        $file = $result | Export-SummitReport -Path $path
        $file | Should -BeOfType ([IO.FileInfo])
        (Get-Content -Raw $path).TrimStart().StartsWith($Begins, 'OrdinalIgnoreCase') | Should -BeTrue
    }

    It 'writes nothing with -WhatIf' {
        $path = Join-Path $TestDrive 'whatif.html'
        $result | Export-SummitReport -Path $path -WhatIf
        $path | Should -Not -Exist
    }

    It 'passes the objects on with -PassThru' {
        ($result | Export-SummitReport -Path (Join-Path $TestDrive 'passed.html') -PassThru).Uri | Should -BeExactly $result.Uri
    }

    It 'replaces a file only with -Force' {
        $path = Join-Path $TestDrive 'mine.html'
        Set-Content $path 'mine'
        @(Get-Problem { $result | Export-SummitReport -Path $path })[0].ErrorDetails.RecommendedAction | Should -Match '-Force'
        Get-Content $path | Should -BeExactly 'mine'
    }

    It 'refuses a name without a format, and a folder that is not there' {
        Assert-Problem { $result | Export-SummitReport -Path (Join-Path $TestDrive 'x.unknown') } ReportFormatUnknown InvalidArgument
        Assert-Problem { $result | Export-SummitReport -Path (Join-Path $TestDrive 'none/x.html') } ReportFolderNotFound ObjectNotFound
    }
}
