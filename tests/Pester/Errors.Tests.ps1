# What pwsh shows when a question cannot be answered: one error with an id and the next command, and a pipeline that goes on.
# Run: ./build.ps1 -Task Pester

BeforeAll {
    Import-Module "$PSScriptRoot/../../Summit.Ops.psd1" -Force
}

Describe 'A missing file' {
    It 'is one error that says what to do' {
        $output = Get-SummitNginxConfig -Path (Join-Path $TestDrive 'none') -ErrorAction SilentlyContinue -ErrorVariable problems
        $output | Should -BeNullOrEmpty
        $problems.Count | Should -Be 1
        $problems[0].FullyQualifiedErrorId | Should -Not -BeNullOrEmpty
        $problems[0].ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
    }
}

Describe 'A port where nothing listens' {
    It 'is an answer and no error' {
        $listener = [Net.Sockets.TcpListener]::new([Net.IPAddress]::Loopback, 0)
        $listener.Start()
        $port = $listener.LocalEndpoint.Port
        $listener.Stop()
        $result = Test-SummitWebSocket -Uri "ws://127.0.0.1:$port/ws" -ErrorAction Stop
        $result.Success | Should -BeFalse
        $result.FailedStage | Should -Be 'Tcp'
    }
}
