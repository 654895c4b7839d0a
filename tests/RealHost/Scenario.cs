namespace Summit.Ops.RealHost.Tests;

/// <summary>
/// One fault of a real host: who looks at it, what breaks it, what the verdict may be, and how the outside must find the host afterwards.
/// </summary>
/// <param name="Name">Its name, which a filter takes.</param>
/// <param name="Breaks">One sh line, run as root on a healthy host.</param>
/// <param name="Broken">What the client outside meets then.</param>
/// <param name="Causes">The root causes that are right; None is a healthy site.</param>
internal sealed record Scenario(string Name, string Breaks, string Broken, params string[] Causes)
{
    /// <summary>What runs the backend: pm2 under the account deploy, or a systemd unit.</summary>
    public string Layout { get; init; } = "pm2";

    /// <summary>
    /// Who runs the diagnosis: root, admin (sudo), sally (sudo with a password), nina (a narrow sudoers list), adam (adm), bob (nothing).
    /// </summary>
    public string Account { get; init; } = "root";

    /// <summary>The locale of that account's session, and of the runbook.</summary>
    public string Locale { get; init; } = "C.UTF-8";

    /// <summary>Parameters of New-SummitSite beside the defaults.</summary>
    public string Site { get; init; } = "";

    /// <summary>What the next step must name: regular expressions, all of them found in the fix of the root cause.</summary>
    public string[] Advice { get; init; } = [];

    /// <summary>What must be said somewhere in the diagnosis: regular expressions over "ID STATUS evidence → fix" lines.</summary>
    public string[] Says { get; init; } = [];

    /// <summary>What must be said nowhere.</summary>
    public string[] Never { get; init; } = [];

    /// <summary>What the client outside meets once the next step is carried out; empty where that is not for this account to do.</summary>
    public string After { get; init; } = "";

    /// <summary>
    /// What the exported diagnosis of Run Command must print, as root; its exit code follows from <see cref="RunbookFails"/>.
    /// </summary>
    public string[] Runbook { get; init; } = [];

    /// <summary>Whether the exported diagnosis must not answer OK; null where the fault cannot be seen on the host.</summary>
    public bool? RunbookFails { get; init; }
}

/// <summary>Names scenarios for xunit: a row shows as the scenario's name, and has it as the trait Fault, which a filter takes.</summary>
internal abstract class ScenarioData : TheoryData<string>
{
    protected ScenarioData(IEnumerable<Scenario> scenarios) =>
        AddRange(scenarios.Select(scenario => new TheoryDataRow<string>(scenario.Name).WithTrait("Fault", scenario.Name)).ToArray());
}
