namespace Summit.Ops.Causes;

/// <summary>The causes of one layer, in the order of the request's way.</summary>
/// <param name="Title">The layer.</param>
/// <param name="Causes">Its causes: what fails first for a client stands first.</param>
internal sealed record CauseLayer(string Title, params CauseDefinition[] Causes);

/// <summary>Every cause, from the name to the frames.</summary>
/// <remarks>
/// The order is the request's own way, outermost first: what fails first for a client is named first.
/// A cause explains another where the other is what it looks like from further on: a missing site file shows as another server's
/// 404, as that server's certificate, as no listener at all. What is explained is shown under its cause and not counted again.
/// </remarks>
internal static class CauseCatalogue
{
    /// <summary>The layers, in the order of the request's way.</summary>
    public static IReadOnlyList<CauseLayer> Layers { get; } =
    [
        NameCauses.Layer, NetworkCauses.Layer, NginxCauses.Layer, TlsCauses.Layer, LocationCauses.Layer, UpstreamCauses.Layer,
        BackendCauses.Layer, SessionCauses.Layer, NoCause.Layer,
    ];

    /// <summary>The causes, in the order of the request's way.</summary>
    public static IReadOnlyList<CauseDefinition> All { get; } = [.. Layers.SelectMany(layer => layer.Causes)];

    private static readonly Dictionary<SummitCause, (CauseDefinition Definition, int Rank)> ByCause =
        All.Select((definition, rank) => (definition, rank)).ToDictionary(each => each.definition.Cause);

    /// <summary>What is known of a cause.</summary>
    public static CauseDefinition Of(SummitCause cause) => ByCause[cause].Definition;

    /// <summary>The place of a cause on the request's way, from 0.</summary>
    public static int Rank(SummitCause cause) => ByCause[cause].Rank;

    /// <summary>Whether the first cause accounts for the second one's being seen.</summary>
    public static bool Explains(SummitCause cause, SummitCause symptom) => cause != symptom && Of(cause).Explains.Contains(symptom);

    /// <summary>The causes that account for this one's being seen, in the request's order.</summary>
    public static IEnumerable<CauseDefinition> Behind(SummitCause symptom) => All.Where(each => Explains(each.Cause, symptom));
}
