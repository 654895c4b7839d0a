namespace Summit.Ops.Lab.Launcher;

/// <summary>The program's own help.</summary>
internal static class Usage
{
    /// <summary>The arguments, one a line.</summary>
    public const string Arguments =
        """
        Usage: dotnet run --project src/Summit.Ops.Lab -- [arguments]

          (none)                  break a lab as the guide's first root cause does; diagnose, explain, repair, verify
          -Scenario list          list the scenarios: name, expected cause, what is broken
          -Scenario NAME          the same on another fault
          -Command 'POWERSHELL'   run PowerShell in a lab (-: read it from standard input)
          -File SCRIPT.ps1 [args] run a script in a lab
          -Interactive            a prompt in a lab
          -NoLab                  with -Command, -File or -Interactive: the module alone, no lab
          -Help                   more
        """;

    /// <summary>All of it.</summary>
    public const string Text = Arguments +
        """


        -Scenario NAME goes with -Command, -File and -Interactive too; without it their lab is the default scenario's.
        -NoLab stands before -File or right behind its path; what follows is the script's.

        In a lab $Lab has Uri, Port, ServerName, ConfigPath, NginxPrefix, InstanceId, Region, AwsEndpoint,
        BackendPort, CertificatePath, Site, Target (the instance, over Systems Manager) and LocalTarget (this machine):

          -Scenario backend-down -Command 'Invoke-SummitDiagnostic -Site $Lab.Site -Target $Lab.LocalTarget'

        The program opens the real PowerShell that .config/dotnet-tools.json pins. In any other PowerShell session:

          Import-Module ./Summit.Ops.psd1, ./Summit.Ops.Lab.psd1; $Lab = Start-SummitLab -Scenario backend-down

        Exit codes: as pwsh's (exit n; 1 after an error); 2 if PowerShell or nginx is not available; 64 bad arguments.
        """;
}
