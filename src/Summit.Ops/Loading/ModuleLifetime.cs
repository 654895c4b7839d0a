using System.Management.Automation;
using System.Reflection;
using System.Runtime.Loader;
using Summit.Ops.Hosts;

namespace Summit.Ops.Loading;

/// <summary>
/// Hooks the module's private assemblies into the load contexts when it is imported, and unhooks them when it is removed.
/// </summary>
public sealed class ModuleLifetime : IModuleAssemblyInitializer, IModuleAssemblyCleanup
{
    /// <inheritdoc/>
    public void OnImport()
    {
        AssemblyLoadContext.Default.Resolving += Resolve;
        HostDirectory.UseAws(AwsAdapters.Load);
    }

    /// <inheritdoc/>
    public void OnRemove(PSModuleInfo psModuleInfo) => AssemblyLoadContext.Default.Resolving -= Resolve;

    private static Assembly? Resolve(AssemblyLoadContext context, AssemblyName name) => name.Name switch
    {
        "DiffPlex" => PrivateAssemblies.Library.LoadFromAssemblyName(name),
        "Summit.Ops.Aws" => PrivateAssemblies.Aws.LoadFromAssemblyName(name),
        _ => null,
    };
}
