BeforeAll {
    Import-Module "$PSScriptRoot/Support.psm1"
    Import-Summit
    $lab = Open-Lab nginx-config-missing
    $site = $lab.Site
}

AfterAll {
    Stop-SummitLab -Lab $lab
}

Describe 'Deploy-SummitNginxConfig' {
    It 'changes nothing with -WhatIf, and shows the diff' {
        $said = Get-WhatIf { Deploy-SummitNginxConfig -Site $site -WhatIf }
        $said | Should -Match '\+\s+location /ws'
        $lab.ConfigPath | Should -Not -Exist
    }

    It 'shows the diff before it asks' {
        $file = Join-Path $TestDrive 'confirm.site.json'
        $site | Export-SummitSite -Path $file
        $module = (Resolve-Path "$PSScriptRoot/../../Summit.Ops.psd1").Path
        $said = 'n' | & dotnet exec (Join-Path $PSHOME 'pwsh.dll') -NoLogo -NoProfile -Command "Import-Module '$module'; Deploy-SummitNginxConfig -Site '$file' -Confirm" 2>&1 | Out-String
        $said | Should -Match '\+\s+location /ws'
        $lab.ConfigPath | Should -Not -Exist
    }

    It 'deploys, verifies, and changes nothing the second time' {
        $done = Deploy-SummitNginxConfig -Site $site
        $done.Changed | Should -BeTrue
        $done.Verified | Should -BeTrue
        ($site | Test-SummitWebSocket).Success | Should -BeTrue
        $before = Get-FileHash $lab.ConfigPath
        (Deploy-SummitNginxConfig -Site $site).Changed | Should -BeFalse
        (Get-FileHash $lab.ConfigPath).Hash | Should -BeExactly $before.Hash
    }

    It 'takes a configuration from the pipeline, and puts what it read back where it came from' {
        (New-SummitNginxConfig -Site $site | Deploy-SummitNginxConfig -Site $site).Target.Kind | Should -Be 'Local'
        $whole = $lab.Target | Get-SummitNginxConfig -Site $site
        $whole.Files.Count | Should -BeGreaterThan 1
        $done = $whole | Repair-SummitNginxConfig -Site $site | Deploy-SummitNginxConfig -Site $site
        $done.Target.InstanceId | Should -BeExactly $lab.InstanceId
        $done.Changed | Should -BeFalse
    }

    It 'deploys a configuration over Systems Manager' {
        $config = New-SummitNginxConfig -Site $site
        $done = $lab.Target | Deploy-SummitNginxConfig -InputObject $config -Site $site
        $done.Target.InstanceId | Should -BeExactly $lab.InstanceId
    }

    It 'refuses a configuration that nginx refuses, and leaves the file as it is' {
        $before = Get-Content -Raw $lab.ConfigPath
        $bad = Join-Path $TestDrive 'bad'
        Set-Content $bad 'server { proxy_pas nonsense; }'
        @(Get-Problem { Deploy-SummitNginxConfig -Path $bad -Site $site -Force })[0].ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
        Get-Content -Raw $lab.ConfigPath | Should -BeExactly $before
        ($site | Test-SummitWebSocket).Success | Should -BeTrue
    }

    It 'says that a file is missing' {
        Assert-Problem { Deploy-SummitNginxConfig -Path (Join-Path $TestDrive 'none') -Site $site } NginxConfigNotFound ObjectNotFound
    }

    It 'refuses -TimeoutSec without -VerifyUri' {
        Assert-Problem { Deploy-SummitNginxConfig -Site $site -TimeoutSec 5 } VerifyUriMissing InvalidArgument
    }

    It 'refuses <_> as an instance id, and changes nothing' -ForEach 'zzz', 'i-1' {
        $id = $_
        Assert-Problem { Deploy-SummitNginxConfig -InstanceId $id -Site $site } InstanceIdInvalid InvalidArgument
    }

    It 'refuses a tag that names none' {
        Assert-Problem { Deploy-SummitNginxConfig -Tag @{} -Site $site } TagEmpty InvalidArgument
    }

    It 'shows progress over Systems Manager, and completes it' {
        $records = @(Get-ProgressRecord '$null = Deploy-SummitNginxConfig -Site $site -Target $target -WhatIf' @{ site = $site; target = $lab.Target })
        $records | Where-Object RecordType -EQ 'Completed' | Should -Not -BeNullOrEmpty
    }
}
