using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace Summit.Ops.Lab;

/// <summary>Stops the labs of a session when the session ends, or when it removes the module.</summary>
public sealed class ModuleLifetime : IModuleAssemblyCleanup
{
    private static readonly HashSet<Guid> Watched = [];

    /// <inheritdoc/>
    public void OnRemove(PSModuleInfo psModuleInfo) => Stop(Runspace.DefaultRunspace.InstanceId);

    /// <summary>Stops the session's labs as soon as it closes.</summary>
    internal static void StopWith(Runspace session)
    {
        lock (Watched)
        {
            if (!Watched.Add(session.InstanceId)) return;
        }

        session.StateChanged += (_, change) =>
        {
            if (change.RunspaceStateInfo.State is not (RunspaceState.Closing or RunspaceState.Closed or RunspaceState.Broken)) return;
            Stop(session.InstanceId);
            lock (Watched) Watched.Remove(session.InstanceId);
        };
    }

    private static void Stop(Guid session) => RunningLabs.StopAsync(RunningLabs.Of(session)).GetAwaiter().GetResult();
}
