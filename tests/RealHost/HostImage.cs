using System.Security.Cryptography;
using System.Text;

namespace Summit.Ops.RealHost.Tests;

/// <summary>
/// The file tree that a host boots from. It is made once for each suite and each state of the recipe, and never written to afterwards.
/// </summary>
internal static class HostImage
{
    private const string Packages = "pm2@7.0.4 ws@8";

    public static string Recipe { get; } = Path.Combine(HostRequirement.Repository, "tests", "RealHost", "Host");

    // these are read where they lie, and make no other image
    private static readonly string[] Bound = ["boot.sh", "heal.sh", "serve.ps1"];

    /// <summary>The folder of the image, made where it is missing.</summary>
    public static async Task<string> OfAsync(string suite, CancellationToken cancellation)
    {
        var home = Path.Combine(
            HostRequirement.Cache,
            $"realhost-{suite}-{Hash(Directory.EnumerateFiles(Recipe).Where(file => !Bound.Contains(Path.GetFileName(file))))}");
        var packages = Path.Combine(HostRequirement.Cache, $"realhost-{suite}-packages-{Hash([Path.Combine(Recipe, "packages")])}");
        var image = Path.Combine(home, "image");
        Directory.CreateDirectory(home);
        Directory.CreateDirectory(packages);
        // another checkout may be making the same one
        await using var turn = await TurnAsync(Path.Combine(packages, "lock"), cancellation);
        if (Directory.Exists(image)) return image;

        var modules = Path.Combine(packages, "npm");
        Directory.CreateDirectory(modules);
        if (!Directory.Exists(Path.Combine(modules, "node_modules", "ws")))
        {
            await Command.MustAsync(
                $"cd '{modules}' && npm install --silent --no-package-lock --omit=optional --no-audit --no-fund {Packages}", cancellation);
        }

        await Command.MustAsync(
            $"sh '{Recipe}/image.sh' {suite} '{packages}/base' '{image}' '{modules}/node_modules' >'{home}/log' 2>&1 || {{ tail -n 20 "
                + $"'{home}/log'; exit 1; }}",
            cancellation);
        return image;
    }

    private static string Hash(IEnumerable<string> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(Packages));
        foreach (var file in files.Order(StringComparer.Ordinal)) hash.AppendData(File.ReadAllBytes(file));
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..12];
    }

    private static async Task<FileStream> TurnAsync(string path, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                await Task.Delay(500, cancellation);
            }
        }
    }
}
