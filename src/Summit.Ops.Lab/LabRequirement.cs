namespace Summit.Ops.Lab;

/// <summary>Tells a test whether the lab's real parts can be had here.</summary>
public static class LabRequirement
{
    /// <summary>Why there is no nginx for a lab on this machine; null where there is one.</summary>
    /// <example><code>if (await LabRequirement.NginxMissingAsync(token) is { } reason) Assert.Skip(reason);</code></example>
    public static async Task<string?> NginxMissingAsync(CancellationToken cancellation = default)
    {
        try
        {
            await NginxBinary.ProvideAsync(cancellation);
            return null;
        }
        catch (LabUnavailableException e)
        {
            return $"{e.Message} {e.RecommendedAction}";
        }
    }

    /// <summary>Why there is no pm2 for a lab on this machine; null where there is one.</summary>
    public static async Task<string?> Pm2MissingAsync(CancellationToken cancellation = default)
    {
        try
        {
            await NodePackages.ProvideAsync(LabSettings.FromEnvironment(), null, cancellation);
            return null;
        }
        catch (LabUnavailableException e)
        {
            return $"{e.Message} {e.RecommendedAction}";
        }
    }
}
