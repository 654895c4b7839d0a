namespace Summit.Ops;

/// <summary>What a runbook is written for.</summary>
public enum SummitRunbookKind
{
    /// <summary>
    /// Files for <c>aws ssm send-command --document-name AWS-RunShellScript --parameters file://…</c>: the guide's three.
    /// </summary>
    RunCommandParameters,

    /// <summary>Command documents of Systems Manager (schema 2.2): diagnose, deploy, restart the backend, verify.</summary>
    CommandDocument,

    /// <summary>An Automation runbook of Systems Manager (schema 0.3) that runs those command documents in order.</summary>
    AutomationDocument,

    /// <summary>A PowerShell runbook for Azure Automation, which works with this module.</summary>
    AzureRunbook,
}
