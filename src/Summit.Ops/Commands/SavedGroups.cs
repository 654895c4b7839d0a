using System.Management.Automation;
using System.Text;
using Summit.Ops.Errors;
using Summit.Ops.Network;

namespace Summit.Ops.Commands;

/// <summary>Security groups that somebody saved: the text of the JSON, whole or line by line, paths of such files, or objects.</summary>
/// <param name="fileSystemPath">Turns a path of PowerShell's into one of the file system.</param>
internal sealed class SavedGroups(Func<string, string> fileSystemPath)
{
    private readonly StringBuilder _text = new();
    private readonly List<SecurityGroup> _groups = [];

    /// <summary>Takes one more object of the pipeline.</summary>
    public void Add(object input)
    {
        var bare = input is PSObject wrapped ? wrapped.BaseObject : input;
        if (bare is string line) _text.Append(line).Append('\n');
        else if (bare is FileInfo file) _groups.AddRange(File(file.FullName));
        else if (bare is object[] many) Array.ForEach(many, Add);
        else _groups.AddRange(SecurityGroupFile.Read(ObjectTree.From(input), "The input object"));
    }

    /// <summary>All groups, once the pipeline is over.</summary>
    /// <param name="named">Ids of groups that must be among them.</param>
    /// <exception cref="SummitFileException">A file cannot be read, or what is in it is no group.</exception>
    /// <exception cref="SummitArgumentException">One that is named is not among them.</exception>
    public IReadOnlyList<SecurityGroup> Read(IReadOnlyList<string> named)
    {
        var groups = ReadAll();
        if (named.FirstOrDefault(id => groups.All(group => group.Id != id)) is not { } lost) return groups;
        throw new SummitArgumentException(
            "SecurityGroupNotSaved",
            $"{lost} is not among the saved groups: {string.Join(", ", groups.Select(group => group.Id))}.",
            lost,
            $"aws ec2 describe-security-groups --group-ids {lost}");
    }

    private IReadOnlyList<SecurityGroup> ReadAll()
    {
        var text = _text.ToString().Trim();
        if (text.StartsWith('{') || text.StartsWith('[')) return [.. _groups, .. SecurityGroupFile.Parse(text, "The input text")];
        return [.. _groups, .. text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .SelectMany(path => File(fileSystemPath(path)))];
    }

    private static IReadOnlyList<SecurityGroup> File(string path)
    {
        try
        {
            return SecurityGroupFile.Parse(System.IO.File.ReadAllText(path), path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            var missing = error is FileNotFoundException or DirectoryNotFoundException;
            throw new SummitFileException(
                missing ? "SecurityGroupsFileNotFound" : "SecurityGroupsFileUnreadable",
                missing ? SummitErrorKind.NotFound : SummitErrorKind.PermissionDenied,
                missing ? $"There is no file {path}." : $"{path} cannot be read: {error.Message}", path,
                "aws ec2 describe-security-groups --group-ids sg-… > groups.json", error);
        }
    }
}
