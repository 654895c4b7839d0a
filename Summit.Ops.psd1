@{
    RootModule             = 'bin/Summit.Ops.dll'
    ModuleVersion          = '0.1.0'
    GUID                   = '6f0a2b5e-6c0f-4a1c-9a39-2f2a2d2c7f41'
    Author                 = 'Summit.Ops contributors'
    CompanyName            = 'Summit.Ops'
    Copyright              = '(c) 2026 Summit.Ops contributors. MIT licence.'
    Description            = 'Why does wss://host/ws not work through nginx on EC2, and how is it fixed safely? Cmdlets that diagnose, explain, deploy and verify.'
    PowerShellVersion      = '7.4'
    CompatiblePSEditions   = @('Core')
    RequiredAssemblies     = @('bin/Summit.Ops.Core.dll', 'bin/Summit.Ops.dll') # the types file names their types, and is read first
    TypesToProcess         = @('bin/Summit.Ops.Types.ps1xml')
    FormatsToProcess       = @('bin/Summit.Ops.Format.ps1xml')
    CmdletsToExport        = @(
        'New-SummitSite', 'Import-SummitSite', 'Export-SummitSite', 'Find-SummitSite',
        'Test-SummitWebSocket', 'Watch-SummitWebSocket', 'Measure-SummitWebSocket', 'Test-SummitCertificate', 'Get-SummitCloseCode',
        'New-SummitNginxConfig', 'Get-SummitNginxConfig', 'Test-SummitNginxConfig', 'Resolve-SummitNginxLocation',
        'Repair-SummitNginxConfig', 'Compare-SummitNginxConfig',
        'Deploy-SummitNginxConfig', 'Get-SummitNginxBackup', 'Restore-SummitNginxConfig', 'Restart-SummitNginx',
        'Get-SummitBackend', 'Get-SummitBackendLog', 'Test-SummitBackend', 'Restart-SummitBackend', 'Deploy-SummitBackend',
        'Repair-SummitWebSocket',
        'Invoke-SummitDiagnostic', 'Export-SummitReport', 'Import-SummitReport', 'Get-SummitTarget', 'Get-SummitPermission', 'Export-SummitRunbook',
        'Test-SummitSecurityGroup', 'Test-SummitFirewall', 'Get-SummitRule'
    )
    FunctionsToExport      = @()
    VariablesToExport      = @()
    AliasesToExport        = @()
    PrivateData            = @{
        PSData = @{
            Tags         = @('nginx', 'WebSocket', 'AWS', 'EC2', 'SSM', 'diagnostics', 'PSEdition_Core', 'Linux', 'MacOS', 'Windows')
            LicenseUri   = 'https://opensource.org/license/mit'
            ReleaseNotes = 'See CHANGELOG.md.'
        }
    }
}
