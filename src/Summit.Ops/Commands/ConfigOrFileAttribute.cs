using System.Management.Automation;
using Summit.Ops.Errors;
using Summit.Ops.Nginx;

namespace Summit.Ops.Commands;

/// <summary>Lets a configuration be named by its file as well: <c>-Reference ./summit-api</c>, or a file of Get-ChildItem.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class ConfigOrFileAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData) =>
        (inputData is PSObject wrapped ? wrapped.BaseObject : inputData) switch
        {
            string path when !string.IsNullOrWhiteSpace(path) => Read(FileArgument.Path(
                engineIntrinsics, path, "a configuration is an object of Get-SummitNginxConfig or a file")),
            FileInfo file => Read(file.FullName),
            _ => inputData,
        };

    private static SummitNginxConfig Read(string path)
    {
        try
        {
            return NginxConfigReader.FromFile(path, new LocalConfigFiles(), prefix: null);
        }
        catch (SummitException error)
        {
            throw FileArgument.Refused(error);
        }
    }
}
