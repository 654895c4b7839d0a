using System.Reflection;
using System.Runtime.Loader;

namespace Summit.Ops.Loading;

/// <summary>A load context over one folder of the module: what lies there is the module's own and meets nobody else's copy.</summary>
/// <remarks>
/// Everything that is not in the folder, Summit.Ops.Core first of all, comes from the default context, so that types are shared where they
/// must be. Another module may bring an AWSSDK.Core of any version into the session; this one has its own beside it.
/// </remarks>
internal sealed class PrivateAssemblies : AssemblyLoadContext
{
    private static readonly string ModuleFolder = Path.GetDirectoryName(typeof(PrivateAssemblies).Assembly.Location)!;
    private static readonly Lazy<PrivateAssemblies> LazyAws = new(() => new PrivateAssemblies("aws"));
    private static readonly Lazy<PrivateAssemblies> LazyLibrary = new(() => new PrivateAssemblies("lib"));

    private readonly string _folder;

    private PrivateAssemblies(string folder)
        : base($"Summit.Ops.{folder}") => _folder = Path.Combine(ModuleFolder, folder);

    /// <summary>Summit.Ops.Aws and the AWS SDK.</summary>
    public static PrivateAssemblies Aws => LazyAws.Value;

    /// <summary>Private libraries of Core.</summary>
    public static PrivateAssemblies Library => LazyLibrary.Value;

    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        var path = Path.Combine(_folder, assemblyName.Name + ".dll");
        return File.Exists(path) ? LoadFromAssemblyPath(path) : null;
    }
}
