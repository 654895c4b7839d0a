@{
    RootModule           = 'bin/Summit.Ops.Lab.dll'
    ModuleVersion        = '0.1.0'
    GUID                 = '3d1f6a54-8f0b-4c1d-b6a5-0c9a3f5e7b12'
    Author               = 'Summit.Ops contributors'
    CompanyName          = 'Summit.Ops'
    Copyright            = '(c) 2026 Summit.Ops contributors. MIT licence.'
    Description          = 'A loopback nginx with a fault in it: for training, for tests with Pester, and for trying Summit.Ops.'
    PowerShellVersion    = '7.4'
    CompatiblePSEditions = @('Core')
    FormatsToProcess     = @('bin/Summit.Ops.Lab.Format.ps1xml')
    CmdletsToExport      = @('Start-SummitLab', 'Stop-SummitLab', 'Get-SummitLabScenario')
    FunctionsToExport    = @()
    VariablesToExport    = @()
    AliasesToExport      = @()
    PrivateData          = @{
        PSData = @{
            Tags       = @('nginx', 'WebSocket', 'lab', 'training', 'Pester', 'PSEdition_Core', 'Linux', 'MacOS')
            LicenseUri = 'https://opensource.org/license/mit'
        }
    }
}
