using static Summit.Ops.SummitCause;

namespace Summit.Ops.Causes;

/// <summary>What is said where no cause was found.</summary>
internal static class NoCause
{
    public static CauseLayer Layer { get; } = new(
        "No layer",
        new(Unknown, CauseNature.None, "A WebSocket does not open, and what could be looked at does not say why.")
        {
            Explains = [],
            Remedy = Remedy.Beyond("the evidence does not say what is wrong, and nothing is changed on a guess"),
        },
        new(SummitCause.None, CauseNature.None, "Nothing that breaks WebSockets was found.")
        {
            Explains = [],
            Remedy = Remedy.Beyond("nothing is broken"),
        });
}
