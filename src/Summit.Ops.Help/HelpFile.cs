using System.Text;

namespace Summit.Ops.Help;

/// <summary>Writes a file whole or not at all: two builds may make the same one at the same time.</summary>
internal static class HelpFile
{
    public static void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var bytes = Encoding.UTF8.GetBytes(text);
        if (!File.Exists(path) || !File.ReadAllBytes(path).AsSpan().SequenceEqual(bytes))
        {
            var staged = $"{path}.{Environment.ProcessId}.tmp";
            File.WriteAllBytes(staged, bytes);
            File.Move(staged, path, overwrite: true);
        }

        // MSBuild compares times: an unchanged file is as new as what it was made from
        File.SetLastWriteTimeUtc(path, TimeProvider.System.GetUtcNow().UtcDateTime);
    }
}
