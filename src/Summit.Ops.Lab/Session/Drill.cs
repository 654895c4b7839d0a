using Summit.Ops.Probing;

namespace Summit.Ops.Lab;

/// <summary>A fault that was chosen by chance and is not told until the lab is stopped.</summary>
/// <param name="seenAtStart">Whether a client saw the fault when the lab was started.</param>
internal sealed class Drill(bool seenAtStart)
{
    private int _told;

    /// <summary>The faults that may be chosen: of these causes, or of any that this machine can see.</summary>
    public static IReadOnlyList<Scenario> Pool(SummitCause[]? causes) =>
        [.. ScenarioCatalogue.All.Where(
            scenario => scenario.Expected != SummitCause.None && (causes?.Contains(scenario.Expected) ?? !scenario.OverSystemsManager))];

    /// <summary>Asks the lab's address once, as a client that trusts the lab's authority.</summary>
    public static Task<SummitWebSocketResult> ProbeAsync(LabInstance lab, CancellationToken cancellation) =>
        new WebSocketProbe(TimeProvider.System).RunAsync(ProbeRequest.Create(
            lab.Uri,
            new ProbeRequest { CertificateAuthority = lab.CaPath, Origin = $"https://{lab.ServerName}:{lab.Port}" }), cancellation);

    /// <summary>What it was, and whether a client gets through now; null where that was told already.</summary>
    public async Task<SummitLabResult?> EndAsync(LabInstance lab, CancellationToken cancellation)
    {
        if (Interlocked.Exchange(ref _told, 1) == 1) return null;
        var probe = await ProbeAsync(lab, cancellation);
        return new SummitLabResult(lab.Scenario.Name, lab.Scenario.Expected, lab.Scenario.Description, seenAtStart
            || !probe.Success ? probe.Success : null, probe);
    }
}
