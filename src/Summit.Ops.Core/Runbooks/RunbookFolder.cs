using Summit.Ops.Errors;
using Summit.Ops.Text;

namespace Summit.Ops.Runbooks;

/// <summary>The folder that runbooks are written to.</summary>
/// <param name="path">The folder; it is made where it does not exist.</param>
/// <param name="force">Whether files of another content may be replaced.</param>
internal sealed class RunbookFolder(string path, bool force)
{
    /// <summary>Where a file would be.</summary>
    public string PathOf(RunbookFile file) => Path.Combine(path, file.Name);

    /// <summary>Whether the file is there as it should be.</summary>
    /// <exception cref="SummitFileException">It is there with another content, and may not be replaced; or it cannot be read.</exception>
    public bool Holds(RunbookFile file)
    {
        var full = PathOf(file);
        try
        {
            if (File.Exists(path))
            {
                throw new SummitFileException(
                    "RunbookFolderIsFile", SummitErrorKind.InvalidArgument,
                    $"{path} is a file, and runbooks are several: give a folder.",
                    path, "Export-SummitRunbook -Path ./runbooks");
            }

            if (!File.Exists(full)) return false;
            if (File.ReadAllText(full) == file.Text) return true;
        }
        catch (Exception error) when (error is UnauthorizedAccessException or IOException)
        {
            throw Failed(full, error);
        }

        return force ? false : throw new SummitFileException(
            "RunbookFileExists", SummitErrorKind.OperationFailed, $"{full} is there with another content. Nothing was written.", full,
            "Export-SummitRunbook -Force   # replaces it, with what was changed in it by hand");
    }

    /// <summary>Writes the file: whole, or not at all.</summary>
    /// <exception cref="SummitFileException">It cannot be written.</exception>
    public void Write(RunbookFile file)
    {
        try
        {
            Directory.CreateDirectory(path);
            WholeFile.Write(PathOf(file), file.Text, ownerOnly: false);
        }
        catch (Exception error) when (error is UnauthorizedAccessException or IOException)
        {
            throw Failed(PathOf(file), error);
        }
    }

    private static SummitFileException Failed(string file, Exception error) =>
        new(
            "RunbookNotWritten", SummitErrorKind.PermissionDenied, $"{file} cannot be written: {error.Message}", file,
            $"ls -ld {ShellWord.Quote(Path.GetDirectoryName(file)!)}", error);
}
