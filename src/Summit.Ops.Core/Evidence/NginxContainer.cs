namespace Summit.Ops.Evidence;

/// <summary>Where a file of a container comes from.</summary>
internal enum ContainerPlace
{
    /// <summary>Not seen: the container was not entered, or the mount is none of this host's.</summary>
    Unseen,

    /// <summary>A folder of the host that is mounted in the container.</summary>
    Folder,

    /// <summary>A file of the host that is mounted alone.</summary>
    File,

    /// <summary>The container's image.</summary>
    Image,

    /// <summary>A ConfigMap or a Secret of Kubernetes.</summary>
    Config,

    /// <summary>A file that was mounted alone, whose name on the host is another file's by now.</summary>
    Replaced,

    /// <summary>A link to a file that the container does not have.</summary>
    Outside,

    /// <summary>No folder of the container.</summary>
    Missing,
}

/// <summary>The container that the site's nginx runs in, as its engine and the kernel show it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Engine">The engine's command, for example <c>docker</c>.</param>
/// <param name="Entered">Whether its files and its network were looked at.</param>
/// <param name="OwnNetwork">Whether its network is another than the host's.</param>
/// <param name="Stopped">Its state where it does not run; empty where it does.</param>
/// <param name="Project">Its compose project; empty for none.</param>
/// <param name="Place">Where the site's file comes from.</param>
/// <param name="HostPath">The site's file on the host; empty where it has none there.</param>
/// <param name="Refusal">Why the site's file is not changed; empty where it is.</param>
internal sealed record NginxContainer(
    string Name, string Engine, bool Entered, bool OwnNetwork, string Stopped, string Project, ContainerPlace Place,
    string HostPath, string Refusal)
{
    /// <summary>The command that starts it.</summary>
    public string Start => $"{Engine} start {Name}";

    /// <summary>The command that shows what it said last.</summary>
    public string Logs => $"{Engine} logs --tail 20 {Name}";

    /// <summary>Its name, with its compose project.</summary>
    public string Described => Project.Length > 0 ? $"{Name} (compose project {Project})" : Name;

    /// <summary>Reads the section of what was found.</summary>
    public static NginxContainer? Read(IReadOnlyDictionary<string, string> found)
    {
        if (Said("name") is not { Length: > 0 } name) return null;
        return new NginxContainer(
            name, Said("engine"), found.ContainsKey("net"), Said("net") == "own", Said("stopped"), Said("project"),
            Enum.TryParse<ContainerPlace>(Said("place"), ignoreCase: true, out var place) ? place : ContainerPlace.Unseen,
            Said("place-path"), Said("refusal"));

        string Said(string key) => found.GetValueOrDefault(key, "").Trim();
    }
}
