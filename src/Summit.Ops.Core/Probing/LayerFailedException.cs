namespace Summit.Ops.Probing;

/// <summary>A layer did not hold: what, why and what to do. It never leaves the probe; there it becomes the result.</summary>
internal sealed class LayerFailedException(
    SummitProbeStage stage, SummitCause cause, string explanation, string fix, Exception? inner = null)
    : Exception(explanation, inner)
{
    public SummitProbeStage Stage { get; } = stage;

    public SummitCause Cause { get; } = cause;

    public string Fix { get; } = fix;
}
