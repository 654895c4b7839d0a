namespace Summit.Ops.Lab;

/// <summary>What the application does.</summary>
internal static class BackendScenarios
{
    public static Scenario Down { get; } = new("backend-down", SummitCause.BackendNotRunning, "the backend is stopped in pm2; nginx answers 502")
    {
        Backend = LabBackendKind.Pm2,
        AlsoTrue = [SummitCause.BackendNotListening],
        InjectAsync = (lab, cancellation) => lab.Backend.StopAsync(cancellation),
    };

    public static Scenario NotListening { get; } = new("backend-not-listening", SummitCause.BackendNotListening, "the backend is online in pm2 and no longer listens on its port; nginx answers 502")
    {
        Backend = LabBackendKind.Pm2,
        AlsoTrue = [SummitCause.BackendNotRunning],
        InjectAsync = (lab, cancellation) => lab.Backend.DeafenAsync(cancellation),
    };

    public static Scenario TokenRefused { get; } = new("token-refused", SummitCause.AuthenticationFailed, "the backend knows none of the tokens in use and closes with 1008")
    {
        InjectAsync = (lab, cancellation) => lab.Backend.AcceptOnlyAsync([Guid.NewGuid().ToString("N")], cancellation),
    };

    public static Scenario Error { get; } = new("backend-error", SummitCause.BackendError, "the backend fails at each new connection and closes with 1011")
    {
        InjectAsync = (lab, cancellation) => File.WriteAllTextAsync(Path.Combine(lab.Backend.Folder, "greeting.json"), "{ \"type\": ", cancellation),
    };
}
