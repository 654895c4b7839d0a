using System.Reflection;
using Summit.Ops.Hosts;

namespace Summit.Ops.Loading;

/// <summary>Loads Summit.Ops.Aws, and with it the AWS SDK, into the module's own load context: on first use, never at import.</summary>
internal static class AwsAdapters
{
    // by name: a reference would bring the SDK's types into the default context
    private const string AssemblyName = "Summit.Ops.Aws";
    private const string TypeName = "Summit.Ops.Aws.AwsServices";

    public static IAwsServices Load() =>
        (IAwsServices)Activator.CreateInstance(PrivateAssemblies.Aws.LoadFromAssemblyName(new AssemblyName(AssemblyName))
            .GetType(TypeName, throwOnError: true)!)!;
}
