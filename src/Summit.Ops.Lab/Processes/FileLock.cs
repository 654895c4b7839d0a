namespace Summit.Ops.Lab.Processes;

/// <summary>A lock between processes: an advisory lock on a file, which the kernel lets go when its owner dies.</summary>
internal sealed class FileLock : IDisposable
{
    // what flock says where someone else has it; anything else (a read-only or full disk) is no reason to wait
    private const int LinuxWouldBlock = 11;
    private const int MacWouldBlock = 35;

    private readonly FileStream _file;

    private FileLock(FileStream file) => _file = file;

    /// <summary>Takes the lock, or returns null where someone has it.</summary>
    public static FileLock? TryTake(string path)
    {
        try
        {
            return new(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException e) when (e.HResult is LinuxWouldBlock or MacWouldBlock)
        {
            return null;
        }
    }

    /// <summary>Waits for the lock.</summary>
    public static async Task<FileLock> TakeAsync(string path, CancellationToken cancellation)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        while (true)
        {
            if (TryTake(path) is { } taken) return taken;
            await Task.Delay(50, cancellation);
        }
    }

    /// <summary>Lets it go. The file stays: removing it would let two owners in.</summary>
    public void Dispose() => _file.Dispose();
}
