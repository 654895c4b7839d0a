using System.Management.Automation;
using Summit.Ops.Nginx.Semantics;

namespace Summit.Ops.Commands;

/// <summary>Takes what has a version number in it, such as 1.22.1 or nginx/1.25.1 (Ubuntu), and nothing.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class NginxVersionAttribute : ValidateArgumentsAttribute
{
    /// <inheritdoc/>
    protected override void Validate(object arguments, EngineIntrinsics engineIntrinsics)
    {
        if (arguments is not (null or "") && NginxVersion.Read(arguments.ToString()) is null)
        {
            throw new ValidationMetadataException(
                $"'{arguments}' is no version of nginx. Give a number such as 1.22.1, or what 'nginx -v' prints.");
        }
    }
}
