using System.Security.Cryptography;

namespace Summit.Ops.Lab;

/// <summary>The folder of one instance: an nginx prefix as Debian lays it out, certificates, the backend's state and pm2's home.</summary>
/// <remarks>Its path is short and has no blanks: pm2 puts sockets in it, and commands are made of it.</remarks>
internal sealed record LabLayout(string Root)
{
    /// <summary>What the names of all instances' folders begin with.</summary>
    public const string Prefix = "summit-lab-";

    private const UnixFileMode Searchable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    public string Owner => Path.Combine(Root, "owner");

    public string Nginx => Path.Combine(Root, "nginx");

    public string NginxConfig => Path.Combine(Nginx, "nginx.conf");

    public string Available => Path.Combine(Nginx, "sites-available");

    public string Enabled => Path.Combine(Nginx, "sites-enabled");

    public string Logs => Path.Combine(Nginx, "logs");

    public string PidFile => Path.Combine(Nginx, "run", "nginx.pid");

    public string NginxCommand => Path.Combine(Root, "bin", "nginx");

    public string Certificates => Path.Combine(Root, "certificates");

    public string Backend => Path.Combine(Root, "backend");

    public string Pm2 => Path.Combine(Root, "pm2");

    /// <summary>Makes a new one under the system's temporary folder.</summary>
    public static LabLayout Create()
    {
        if (OperatingSystem.IsWindows()) throw new PlatformNotSupportedException();
        var name = Prefix + Convert.ToHexString(RandomNumberGenerator.GetBytes(5)).ToLowerInvariant();
        var temporary = Path.GetTempPath();
        var layout = new LabLayout(Path.Combine(temporary.Contains(' ', StringComparison.Ordinal) ? "/tmp" : temporary, name));
        // nginx's workers have another account where the lab runs as root: they may pass, not list
        Directory.CreateDirectory(layout.Root, Searchable);
        foreach (var folder in new[]
        {
            layout.Available, layout.Enabled, layout.Logs, Path.Combine(layout.Nginx, "html"), Path.Combine(layout.Nginx, "run"),
            Path.Combine(layout.Nginx, "tmp"), Path.Combine(layout.Root, "bin"), layout.Certificates, layout.Backend,
        })
        {
            Directory.CreateDirectory(folder);
        }

        return layout;
    }

    /// <summary>Removes it, with patience for a process that just now ends and still writes.</summary>
    public async Task RemoveAsync()
    {
        for (var attempt = 1; Directory.Exists(Root); attempt++)
        {
            try
            {
                Directory.Delete(Root, recursive: true);
            }
            catch (IOException) when (attempt < 20)
            {
                await Task.Delay(50);
            }
        }
    }
}
