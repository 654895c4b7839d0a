namespace Summit.Ops.Nginx;

/// <summary>Where configuration files come from: this machine's disk, a host's archive, a dump.</summary>
public interface IConfigFiles
{
    /// <summary>The bytes of a file.</summary>
    /// <param name="path">Absolute path.</param>
    /// <exception cref="FileNotFoundException">There is none, or a directory above it is missing.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    /// <exception cref="IOException">It cannot be read; the message says why.</exception>
    byte[] Read(string path);

    /// <summary>The paths that match a pattern as <c>glob(3)</c> has it, in byte order; none where nothing matches.</summary>
    /// <param name="pattern">Absolute, with <c>*</c>, <c>?</c> or <c>[…]</c> in any part.</param>
    IReadOnlyList<string> Glob(string pattern);
}
