using Summit.Ops.Errors;
using Summit.Ops.Nginx.Semantics;
using Summit.Ops.Nginx.Syntax;
using Summit.Ops.Text;

namespace Summit.Ops.Nginx;

/// <summary>Reads nginx configurations: one file, a main file with its includes, or the text of <c>nginx -T</c>.</summary>
public static class NginxConfigReader
{
    /// <summary>
    /// Reads one file: a main file, or a fragment (a file of <c>sites-available</c> is the content of http). Its includes are not followed.
    /// </summary>
    /// <param name="path">Where it lies.</param>
    /// <param name="bytes">Its bytes.</param>
    /// <param name="target">The host it lies on.</param>
    /// <exception cref="SummitFileException">The bytes are no text.</exception>
    public static SummitNginxConfig FromBytes(string path, byte[] bytes, SummitTarget? target = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(bytes);
        RefuseBinary(path, bytes);
        return new SummitNginxConfig(path, target, new NginxModel(ConfigFileSet.Fragment(NginxParser.Parse(path, bytes))));
    }

    /// <summary>
    /// Reads the text that <c>nginx -T</c> writes: the first file in it is the main file, and includes are followed inside it.
    /// </summary>
    /// <param name="dump">The text, with its <c># configuration file PATH:</c> lines; what stands before the first is skipped.</param>
    /// <param name="target">The host it comes from.</param>
    /// <exception cref="SummitArgumentException">There is no such line in it.</exception>
    public static SummitNginxConfig FromDump(string dump, SummitTarget? target = null)
    {
        ArgumentNullException.ThrowIfNull(dump);
        var files = DumpFiles.Open(dump) ?? throw new SummitArgumentException(
            "NginxDumpInvalid", "The text is not what nginx -T writes: it has no line \"# configuration file …:\".", subject: null,
            "Run 'sudo nginx -T' and pass all of its standard output.");
        return Follow(files.MainPath, files.Read(files.MainPath), files, target);
    }

    /// <summary>Reads a main file and everything it includes. An include that cannot be read is a diagnostic and not an error.</summary>
    /// <param name="mainPath">The main file; relative to <paramref name="prefix"/> where it is not absolute.</param>
    /// <param name="files">Where files come from.</param>
    /// <param name="prefix">nginx's prefix (<c>-p</c>); null for none.</param>
    /// <param name="target">The host the files lie on.</param>
    /// <exception cref="SummitFileException">The main file is missing, may not be read, or is no text.</exception>
    public static SummitNginxConfig FromFile(string mainPath, IConfigFiles files, string? prefix, SummitTarget? target = null)
    {
        ArgumentNullException.ThrowIfNull(mainPath);
        ArgumentNullException.ThrowIfNull(files);
        var path = prefix is null || Path.IsPathRooted(mainPath) ? mainPath : $"{prefix.TrimEnd('/')}/{mainPath}";
        return Follow(path, ReadMain(path, files), files, target);
    }

    private static SummitNginxConfig Follow(string path, byte[] bytes, IConfigFiles files, SummitTarget? target)
    {
        RefuseBinary(path, bytes);
        return new SummitNginxConfig(path, target, new NginxModel(ConfigFileSet.Follow(NginxParser.Parse(path, bytes), files)));
    }

    private static byte[] ReadMain(string path, IConfigFiles files)
    {
        try
        {
            return files.Read(path);
        }
        catch (FileNotFoundException error)
        {
            throw new SummitFileException(
                "NginxConfigNotFound", SummitErrorKind.NotFound, $"There is no file '{path}'.", path,
                $"Look where it is: ls -l {ShellWord.Quote(Path.GetDirectoryName(path) ?? "/etc/nginx")}", error);
        }
        catch (UnauthorizedAccessException error)
        {
            throw new SummitFileException(
                "NginxConfigUnreadable", SummitErrorKind.PermissionDenied, $"'{path}' may not be read, or is a directory.", path,
                $"Look at it: ls -ld {ShellWord.Quote(path)}", error);
        }
        catch (IOException error)
        {
            throw new SummitFileException(
                "NginxConfigUnreadable", SummitErrorKind.InvalidData, $"'{path}' cannot be read: {error.Message}", path,
                $"Look at it: ls -ld {ShellWord.Quote(path)}", error);
        }
    }

    private static void RefuseBinary(string path, byte[] bytes)
    {
        var zero = bytes.AsSpan().IndexOf((byte)0);
        if (zero < 0) return;
        throw new SummitFileException(
            "NginxConfigBinary", SummitErrorKind.InvalidData, $"'{path}' is no text: it has a zero byte at offset {zero}.", path,
            $"Look what it is: file {ShellWord.Quote(path)}");
    }
}
