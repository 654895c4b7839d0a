namespace Summit.Ops.Hosts;

/// <summary>Commands that run something in a container: what is named there lies in another file system than the host's.</summary>
internal static class ContainerCommand
{
    private static readonly string[] Engines = ["docker", "podman", "nerdctl", "kubectl", "crictl", "lxc", "lxc-attach", "machinectl"];

    /// <summary>Whether a command line is one of those.</summary>
    public static bool Is(string command) =>
        ShellScript.SplitCommand(command).Any(word => Engines.Contains(word[(word.LastIndexOf('/') + 1)..], StringComparer.Ordinal));
}
