BeforeAll {
    Import-Module "$PSScriptRoot/Support.psm1"
    Import-Summit
}

Describe 'New-SummitSite' {
    It 'has the defaults of the guide' {
        $site = New-SummitSite
        "$($site.Name) $($site.ServerName) $($site.Port) $($site.WebSocketPath) $($site.BackendPort)" | Should -BeExactly 'summit-api summit-api.codingeverest.com 443 /ws 4000'
    }

    It 'takes a site from the pipeline and changes only what is named' {
        $site = New-SummitSite -ServerName chat.example.com -Port 8443 | New-SummitSite -BackendPort 5000
        "$($site.ServerName) $($site.Port) $($site.BackendPort)" | Should -BeExactly 'chat.example.com 8443 5000'
    }

    It 'takes a path with its query, as it is copied from a browser' {
        $site = New-SummitSite -ServerName chat.example.com -WebSocketPath '/socket.io/?EIO=4&transport=websocket'
        $site.WebSocketPath | Should -BeExactly '/socket.io/'
        $site.WebSocketQuery | Should -BeExactly 'EIO=4&transport=websocket'
        $site.Uri | Should -BeExactly 'wss://chat.example.com/socket.io/?EIO=4&transport=websocket'
    }

    It 'shows nothing of a token in a query that it refuses' {
        { New-SummitSite -WebSocketPath '/ws?token=hunter2hunter2' -ErrorAction Stop } | Should -Throw -ExpectedMessage '*-Token*'
        try { New-SummitSite -WebSocketPath '/ws?token=hunter2hunter2' -ErrorAction Stop } catch { "$_ $($_.TargetObject)" | Should -Not -Match 'hunter2' }
    }

    It 'makes a site of each line of Import-Csv: empty cells have their defaults, and the files follow the name' {
        $lines = 'Name,ServerName,Port,ApiPath', 'chat,chat.example.com,8443,', 'shop,shop.example.com,,/v1'
        $sites = $lines | ConvertFrom-Csv | New-SummitSite -ProcessName node
        $sites.Uri | Should -BeExactly 'wss://chat.example.com:8443/ws', 'wss://shop.example.com/ws'
        $sites.ConfigPath | Should -BeExactly '/etc/nginx/sites-available/chat', '/etc/nginx/sites-available/shop'
        $sites.ApiPath | Should -BeExactly '/api', '/v1'
        $sites.ProcessName | Should -BeExactly 'node', 'node'
    }

    It 'names a column that no site has, and a value that is not of its kind' {
        "$(Get-Problem { 'Name,Prot', 'a,1' | ConvertFrom-Csv | New-SummitSite })" | Should -Match "no field 'Prot'.*Port"
        "$(Get-Problem { 'Name,Port', 'a,x' | ConvertFrom-Csv | New-SummitSite })" | Should -Match "Port 'x' is not of its kind"
    }

    It 'takes name and server name by position' {
        (New-SummitSite chat chat.example.com).ServerName | Should -BeExactly 'chat.example.com'
    }

    It 'refuses <Field> <Value> with <Id>' -ForEach @(
        @{ Field = 'ServerName'; Value = 'a b'; Id = 'SiteFieldInvalid' }
        @{ Field = 'Port'; Value = 70000; Id = 'PortOutOfRange' }
        @{ Field = 'BackendPort'; Value = 0; Id = 'PortOutOfRange' }
        @{ Field = 'WebSocketPath'; Value = 'nope'; Id = 'SiteFieldInvalid' }
        @{ Field = 'WebSocketQuery'; Value = 'a b'; Id = 'SiteFieldInvalid' }
        @{ Field = 'WebSocketQuery'; Value = 'EIO=4&token=abcdefgh'; Id = 'SiteFieldInvalid' }
        @{ Field = 'SubProtocol'; Value = 'a/b'; Id = 'SiteFieldInvalid' }
    ) {
        $field = @{ $Field = $Value }
        Assert-Problem { New-SummitSite @field } $Id InvalidArgument
    }

    It 'is shown with its address within <_> columns' -ForEach 80, 120 {
        $lines = Format-At (New-SummitSite) $_
        $lines -join '' | Should -Match 'summit-api\.codingeverest\.com'
    }

    It 'ends a script with exit code 1 at a bad field, and 0 else' {
        (Invoke-Pwsh 'New-SummitSite -Port 70000 -ErrorAction Stop').ExitCode | Should -Be 1
        $good = Invoke-Pwsh '(New-SummitSite -Port 8443).Port'
        $good.ExitCode | Should -Be 0
        $good.Output | Should -Be '8443'
    }
}
