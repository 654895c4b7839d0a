using System.Reflection;
using System.Runtime.Loader;
using Summit.Ops.Tests.Engine;

namespace Summit.Ops.Tests.Conformance;

/// <summary>Runs alone: what it looks at belongs to the whole process.</summary>
[CollectionDefinition(nameof(LifetimeTests), DisableParallelization = true)]
public sealed class ProcessWide;

/// <summary>The module leaves nothing behind when it is removed, and works again when it is imported again.</summary>
[Collection(nameof(LifetimeTests))]
public sealed class LifetimeTests
{
    [Fact]
    public async Task Removing_the_module_unhooks_its_assembly_resolution_and_importing_it_again_hooks_it_again()
    {
        using var session = EngineSession.Create(importModule: false);
        var before = Hooks();
        await RunAsync($"Import-Module '{BuiltModule.Manifest}'");
        Assert.Equal(before + 1, Hooks());
        await RunAsync("Remove-Module Summit.Ops");
        Assert.Equal(before, Hooks());
        await RunAsync($"Import-Module '{BuiltModule.Manifest}'; $null = New-SummitSite");
        Assert.Equal(before + 1, Hooks());
        await RunAsync($"Import-Module '{BuiltModule.Manifest}' -Force; $null = New-SummitSite");
        Assert.Equal(before + 1, Hooks());
        await RunAsync("Remove-Module Summit.Ops");
        Assert.Equal(before, Hooks());

        async Task RunAsync(string script) => Assert.Empty((await session.InvokeAsync(script)).Errors);
    }

    // the handlers of AssemblyLoadContext.Resolving on the default context that are the module's
    private static int Hooks()
    {
        var field = typeof(AssemblyLoadContext).GetField("_resolving", BindingFlags.NonPublic | BindingFlags.Instance);
        Assert.NotNull(field);
        var handlers = (Delegate?)field.GetValue(AssemblyLoadContext.Default);
        return handlers?.GetInvocationList().Count(handler => handler.Method.DeclaringType?.FullName == "Summit.Ops.Loading.ModuleLifetime")
            ?? 0;
    }
}
