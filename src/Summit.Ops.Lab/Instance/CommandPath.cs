namespace Summit.Ops.Lab;

/// <summary>This process's PATH: the scripts that a cmdlet runs on this machine find pm2 there, as they would on a server.</summary>
internal static class CommandPath
{
    private static readonly object Gate = new();
    private static readonly Dictionary<string, int> Users = new(StringComparer.Ordinal);

    /// <summary>Adds a folder; it leaves PATH when the last one that added it is disposed.</summary>
    public static IDisposable Add(string folder)
    {
        lock (Gate)
        {
            var count = Users.GetValueOrDefault(folder);
            Users[folder] = count + 1;
            // one that was there before stays
            if (count == 0 && !Folders().Contains(folder, StringComparer.Ordinal)) Set([folder, .. Folders()]);
            else if (count == 0) Users[folder]++;
            return new Use(folder);
        }
    }

    private static void Remove(string folder)
    {
        lock (Gate)
        {
            if (--Users[folder] > 0) return;
            Users.Remove(folder);
            Set(Folders().Where(other => other != folder));
        }
    }

    private static string[] Folders() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':');

    private static void Set(IEnumerable<string> folders) => Environment.SetEnvironmentVariable("PATH", string.Join(':', folders));

    private sealed class Use(string folder) : IDisposable
    {
        private int _disposed;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _disposed, 1) == 0) Remove(folder);
        }
    }
}
