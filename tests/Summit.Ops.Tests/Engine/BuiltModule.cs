using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;

namespace Summit.Ops.Tests.Engine;

/// <summary>The built module: references to Core are answered from its folder, so that what the tests run is what ships.</summary>
public static class BuiltModule
{
    /// <summary>The folder that holds the manifest.</summary>
    public static string Root => Lab.Checkout.Root;

    /// <summary>The manifest's path.</summary>
    public static string Manifest => Path.Combine(Root, "Summit.Ops.psd1");

#pragma warning disable CA2255 // a test program, not a library: its assemblies must be found before its first line runs
    [ModuleInitializer]
    internal static void Hook() => AssemblyLoadContext.Default.Resolving += Resolve;
#pragma warning restore CA2255

    private static Assembly? Resolve(AssemblyLoadContext context, AssemblyName name)
    {
        if (name.Name is not ("Summit.Ops.Core" or "DiffPlex")) return null;
        var path = Path.Combine(Root, "bin", name.Name == "DiffPlex" ? "lib" : "", name.Name + ".dll");
        return File.Exists(path) ? context.LoadFromAssemblyPath(path) : null;
    }
}
