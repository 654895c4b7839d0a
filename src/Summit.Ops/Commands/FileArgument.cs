using System.Management.Automation;
using Summit.Ops.Errors;

namespace Summit.Ops.Commands;

/// <summary>A file where a parameter takes an object: what the attributes share that read it.</summary>
internal static class FileArgument
{
    /// <summary>The file's full path.</summary>
    /// <param name="engine">The engine that binds the parameter.</param>
    /// <param name="path">As it was given.</param>
    /// <param name="takes">What the parameter takes, for the message.</param>
    /// <exception cref="ArgumentTransformationMetadataException">It is none of the file system.</exception>
    public static string Path(EngineIntrinsics engine, string path, string takes)
    {
        try
        {
            var full = engine.SessionState.Path.GetUnresolvedProviderPathFromPSPath(path, out var provider, out _);
            return provider.Name == "FileSystem" ? full : throw Refused($"'{path}' is a path of {provider.Name}, and {takes}.", null);
        }
        catch (Exception error) when (error is System.Management.Automation.DriveNotFoundException or ProviderNotFoundException)
        {
            throw Refused($"'{path}' is no path of a file, and {takes}: {error.Message}", error);
        }
    }

    /// <summary>Why the file was not taken, and what helps.</summary>
    public static ArgumentTransformationMetadataException Refused(SummitException error) =>
        Refused($"{error.Message} Run next: {error.RecommendedAction}", error);

    /// <summary>Why it was not taken.</summary>
    /// <remarks>The engine then tries the object's properties, where it comes through the pipeline.</remarks>
    public static ArgumentTransformationMetadataException Refused(string message, Exception? inner) =>
        new(message, new PSInvalidCastException(message, inner));
}
