namespace Summit.Ops.Lab;

/// <summary>This process's PATH: the scripts that a cmdlet runs on this machine find pm2 there, as they would on a server.</summary>
internal static class CommandPath
{
    private static readonly object Gate = new();

    /// <summary>Adds a folder, once.</summary>
    public static void Add(string folder)
    {
        lock (Gate)
        {
            var path = Environment.GetEnvironmentVariable("PATH") ?? "";
            if (!path.Split(':').Contains(folder, StringComparer.Ordinal)) Environment.SetEnvironmentVariable("PATH", $"{folder}:{path}");
        }
    }
}
