namespace Summit.Ops.Lab;

/// <summary>
/// The checkout that this assembly was built in: the module's manifest, its examples, the cache and the pinned tools are there.
/// </summary>
public static class Checkout
{
    /// <summary>The folder that holds <c>Summit.Ops.psd1</c>.</summary>
    public static string Root { get; } = FindRoot();

    private static string FindRoot()
    {
        // not the program's folder: in a PowerShell session that is PowerShell's
        var assembly = typeof(Checkout).Assembly.Location;
        for (var folder = Directory.GetParent(assembly); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Summit.Ops.psd1"))) return folder.FullName;
        }

        throw new DirectoryNotFoundException(
            $"No Summit.Ops.psd1 is above {assembly}: the lab runs from the checkout that it was built in.");
    }
}
