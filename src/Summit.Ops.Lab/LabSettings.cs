namespace Summit.Ops.Lab;

/// <summary>What the lab may take from the machine, and where it keeps what it fetched.</summary>
/// <remarks>
/// Read from the environment:
/// <c>SUMMIT_LAB_NGINX</c> (a path; <c>package</c> for Debian's package even where an nginx is on PATH; <c>none</c> for no nginx at all),
/// <c>SUMMIT_LAB_BACKEND</c> (<c>dotnet</c> for the backend without node and pm2) and
/// <c>SUMMIT_LAB_CACHE</c> (a folder instead of <c>.cache</c> at the checkout's root).
/// </remarks>
public sealed record LabSettings
{
    /// <summary>An nginx to use, <c>package</c>, <c>none</c>, or empty for PATH and then the package.</summary>
    public string Nginx { get; init; } = "";

    /// <summary><c>dotnet</c> for the backend without node and pm2, or empty.</summary>
    public string Backend { get; init; } = "";

    /// <summary>The folder for downloads.</summary>
    public required string CacheFolder { get; init; }

    /// <summary>The settings that the environment gives.</summary>
    public static LabSettings FromEnvironment()
    {
        var cache = Environment.GetEnvironmentVariable("SUMMIT_LAB_CACHE");
        return new()
        {
            Nginx = Environment.GetEnvironmentVariable("SUMMIT_LAB_NGINX") ?? "",
            Backend = Environment.GetEnvironmentVariable("SUMMIT_LAB_BACKEND") ?? "",
            CacheFolder = string.IsNullOrEmpty(cache) ? Path.Combine(Checkout.Root, ".cache") : Path.GetFullPath(cache),
        };
    }
}
