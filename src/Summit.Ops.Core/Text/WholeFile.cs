using System.Security.Cryptography;

namespace Summit.Ops.Text;

/// <summary>Writes a file whole or not at all: a full disk or a broken pipe leaves an older one as it was, and nothing beside it.</summary>
internal static class WholeFile
{
    /// <summary>Writes it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="text">Its text.</param>
    /// <param name="ownerOnly">Whether only its owner may read it.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public static void Write(string path, string text, bool ownerOnly)
    {
        // a name that nobody can have laid a link at, and a file that was not there
        var part = $"{path}.{RandomNumberGenerator.GetHexString(16, lowercase: true)}.part";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (ownerOnly && !OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var stream = new FileStream(part, options);
        try
        {
            using (var writer = new StreamWriter(stream)) writer.Write(text);
            File.Move(part, path, overwrite: true);
        }
        catch
        {
            File.Delete(part);
            throw;
        }
    }
}
