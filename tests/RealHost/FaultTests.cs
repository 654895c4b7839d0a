namespace Summit.Ops.RealHost.Tests;

// A host for each of these classes, and all of them at once: a scenario waits more than it works.

/// <summary>A backend under pm2.</summary>
public sealed class Pm2FaultTests(HostFixture fixture, ITestOutputHelper output) : ScenarioTests(fixture, output)
{
    [Theory]
    [ClassData(typeof(Faults))]
    public Task Fault(string name) => TryAsync(name);

    private sealed class Faults() : ScenarioData(Scenarios.Pm2Faults);
}

/// <summary>What each account may see and do, and the firewall.</summary>
public sealed class AccountFaultTests(HostFixture fixture, ITestOutputHelper output) : ScenarioTests(fixture, output)
{
    [Theory]
    [ClassData(typeof(Faults))]
    public Task Fault(string name) => TryAsync(name);

    private sealed class Faults() : ScenarioData([.. Scenarios.AccountFaults, .. Scenarios.FirewallFaults]);
}

/// <summary>nginx and its unit.</summary>
public sealed class NginxFaultTests(HostFixture fixture, ITestOutputHelper output) : ScenarioTests(fixture, output)
{
    [Theory]
    [ClassData(typeof(Faults))]
    public Task Fault(string name) => TryAsync(name);

    private sealed class Faults() : ScenarioData(Scenarios.NginxFaults);
}

/// <summary>A backend that is a systemd unit.</summary>
public sealed class UnitFaultTests(HostFixture fixture, ITestOutputHelper output) : ScenarioTests(fixture, output)
{
    [Theory]
    [ClassData(typeof(Faults))]
    public Task Fault(string name) => TryAsync(name);

    private sealed class Faults() : ScenarioData(Scenarios.UnitFaults);
}

/// <summary>What other admins, package upgrades and full disks leave behind around nginx.</summary>
public sealed class EverydayFaultTests(HostFixture fixture, ITestOutputHelper output) : ScenarioTests(fixture, output)
{
    [Theory]
    [ClassData(typeof(Faults))]
    public Task Fault(string name) => TryAsync(name);

    private sealed class Faults() : ScenarioData(Scenarios.EverydayFaults);
}

/// <summary>What they leave behind around the backend.</summary>
public sealed class EverydayBackendFaultTests(HostFixture fixture, ITestOutputHelper output) : ScenarioTests(fixture, output)
{
    [Theory]
    [ClassData(typeof(Faults))]
    public Task Fault(string name) => TryAsync(name);

    private sealed class Faults() : ScenarioData(Scenarios.EverydayBackendFaults);
}

/// <summary>What was made up as a new user would meet it.</summary>
public sealed class FieldFaultTests(HostFixture fixture, ITestOutputHelper output) : ScenarioTests(fixture, output)
{
    [Theory]
    [ClassData(typeof(Faults))]
    public Task Fault(string name) => TryAsync(name);

    private sealed class Faults() : ScenarioData(Scenarios.FieldFaults);
}
