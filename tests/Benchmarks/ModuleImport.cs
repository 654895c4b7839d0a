using System.Management.Automation;
using System.Management.Automation.Runspaces;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Engines;

namespace Summit.Ops.Benchmarks;

/// <summary>
/// What <c>Import-Module ./Summit.Ops.psd1</c> costs a session that has never seen it: each measurement in a process of its own.
/// </summary>
[SimpleJob(RunStrategy.ColdStart, launchCount: 10, warmupCount: 0, iterationCount: 1, invocationCount: 1)]
public class ModuleImport
{
    private Runspace? _runspace;

    [GlobalSetup]
    public void Open()
    {
        _runspace = RunspaceFactory.CreateRunspace(InitialSessionState.CreateDefault2());
        _runspace.Open();

        // the engine's own first pipeline is not the module's to pay for
        Run("Get-Module");
    }

    [Benchmark(Baseline = true)]
    public void ModuleOfNothing() => Run("$null = New-Module { }");

    [Benchmark]
    public void SummitOps() => Run($"Import-Module '{Manifest}' -ErrorAction Stop");

    [GlobalCleanup]
    public void Close() => _runspace?.Dispose();

    private void Run(string script)
    {
        using var shell = PowerShell.Create(_runspace);
        shell.AddScript(script).Invoke();
    }

    private static string Manifest
    {
        get
        {
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Summit.Ops.psd1"))) folder = folder.Parent;
            return Path.Combine(
                folder?.FullName ?? throw new DirectoryNotFoundException("No Summit.Ops.psd1 above the benchmarks."), "Summit.Ops.psd1");
        }
    }
}
