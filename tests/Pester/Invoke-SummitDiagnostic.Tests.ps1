BeforeAll {
    Import-Module "$PSScriptRoot/Support.psm1"
    Import-Summit
    $lab = Open-Lab nginx-config-missing
    $site = $lab.Site
}

AfterAll {
    Stop-SummitLab -Lab $lab
}

Describe 'Invoke-SummitDiagnostic' {
    It 'names the cause, with evidence and the command that fixes it' {
        $diagnosis = Invoke-SummitDiagnostic -Site $site
        $diagnosis.Healthy | Should -BeFalse
        $diagnosis.RootCause | Should -Be 'NginxConfigNotDeployed'
        $diagnosis.Causes[0].Fix | Should -Match 'Deploy-SummitNginxConfig'
        $diagnosis.Causes[0].Evidence | Should -Not -BeNullOrEmpty
    }

    It 'takes targets from the pipeline: the same cause over Systems Manager' {
        ($lab.Target | Invoke-SummitDiagnostic -Site $site).RootCause | Should -Be 'NginxConfigNotDeployed'
    }

    It 'binds the instance id by property name' {
        ([pscustomobject]@{ InstanceId = $lab.InstanceId } | Invoke-SummitDiagnostic -Site $site -Region $lab.Region).Target.InstanceId | Should -BeExactly $lab.InstanceId
    }

    It 'takes sites from the pipeline: objects, and files as Get-ChildItem emits them' {
        $file = Join-Path $TestDrive 'lab.site.json'
        $site | Export-SummitSite -Path $file
        $other = $site | New-SummitSite -Name other
        $found = $site, $other | Invoke-SummitDiagnostic
        $found.Site.Name | Sort-Object | Should -BeExactly 'other', $site.Name
        (Get-ChildItem $file | Invoke-SummitDiagnostic).RootCause | Should -Be 'NginxConfigNotDeployed'
    }

    It 'does not make a site of an object with a name, nor this machine of a site with a region' {
        "$(Get-Problem { [pscustomobject]@{ Name = 'web-1' } | Invoke-SummitDiagnostic })" | Should -Match 'cannot be bound|InputObjectNotBound'
        Assert-Problem { $site | Invoke-SummitDiagnostic -Region eu-west-1 } HostNotNamed InvalidArgument
    }

    It 'always has the nine checks of the guide' {
        $ids = (Invoke-SummitDiagnostic -Site $site).Checks.Id
        foreach ($id in 'Backend.Running', 'Nginx.WebSocketLocation', 'Nginx.UpgradeHeaders', 'Nginx.ProxyBuffering', 'Nginx.LocationOrder', 'Nginx.Syntax', 'Nginx.Reloaded', 'Network.Port443', 'Tls.Certificate') {
            $ids | Should -Contain $id
        }
    }

    It 'refuses a hold time that makes no sense' {
        Assert-Problem { Invoke-SummitDiagnostic -Site $site -Hold -1 } HoldInvalid InvalidArgument
    }

    It 'gives the same verdict from saved evidence' {
        $path = Join-Path $TestDrive 'evidence.json'
        $now = Invoke-SummitDiagnostic -Site $site -SaveEvidence $path
        $later = Invoke-SummitDiagnostic -Evidence $path
        $later.RootCause | Should -Be $now.RootCause
        $later.Checks.Status | Should -Be $now.Checks.Status
    }

    It 'says that <Name> is missing' -ForEach @(
        @{ Name = 'the evidence'; Arguments = @{ Evidence = '/nonexistent.json' }; Id = 'EvidenceNotFound' }
        @{ Name = 'the baseline'; Arguments = @{ Baseline = '/nonexistent.json' }; Id = 'ReportNotFound' }
    ) {
        Assert-Problem { Invoke-SummitDiagnostic @Arguments } $Id ObjectNotFound
    }

    It 'refuses <_> as an instance id, and changes nothing' -ForEach 'zzz', 'i-1' {
        $id = $_
        Assert-Problem { Invoke-SummitDiagnostic -InstanceId $id -Site $site } InstanceIdInvalid InvalidArgument
    }

    It 'refuses a tag that names none' {
        Assert-Problem { Invoke-SummitDiagnostic -Tag @{} -Site $site } TagEmpty InvalidArgument
    }

    It 'shows cause, evidence and the next command within <_> columns' -ForEach 80, 120 {
        $text = (Format-At (Invoke-SummitDiagnostic -Site $site) $_) -join "`n"
        $text | Should -Match '(?s)NginxConfigNotDeployed.*Evidence.*Deploy-SummitNginxConfig.*Checklist'
    }

    It 'shows progress over Systems Manager, and completes it' {
        $records = @(Get-ProgressRecord '$null = Invoke-SummitDiagnostic -Site $site -Target $target' @{ site = $site; target = $lab.Target })
        $records | Should -Not -BeNullOrEmpty
        $records[-1].RecordType | Should -Be 'Completed'
    }
}
