using System.Globalization;
using Summit.Ops.Watching;

namespace Summit.Ops.Deployment;

/// <summary>What became of WebSockets that were held through a change.</summary>
/// <param name="Held">How many were open before it.</param>
/// <param name="Kept">How many were open after it.</param>
/// <param name="LongestGap">The longest time in which no new one opened; zero where each that was tried did.</param>
/// <param name="FirstRefused">When the first new one did not open; null where each did.</param>
/// <param name="Cuts">How the others ended.</param>
internal sealed record HeldThrough(int Held, int Kept, TimeSpan LongestGap, DateTimeOffset? FirstRefused, IReadOnlyList<WatchCut> Cuts)
{
    /// <summary>None was held: the endpoint did not open before the change.</summary>
    public static HeldThrough Nothing { get; } = new(0, 0, TimeSpan.Zero, null, []);

    /// <summary>The report of the change with what became of them.</summary>
    public SummitDeployment On(SummitDeployment done) => done with
    {
        ConnectionsHeld = Held,
        ConnectionsKept = Kept,
        LongestGap = LongestGap,
        FirstRefused = FirstRefused,
        Output = string.Join('\n', new[] { done.Output, Words }.Where(part => part.Length > 0)),
    };

    private string Words
    {
        get
        {
            string[] parts =
            [
                Cuts.Count == 0
                    ? ""
                    : $"{Cuts.Count} of {Held} WebSockets that were held were cut: "
                        + $"{string.Join("; ", Cuts.Select(cut => cut.How).Distinct())}.",
                FirstRefused is null
                    ? ""
                    : string.Create(CultureInfo.InvariantCulture, $"For {LongestGap.TotalSeconds:0.0} s no new WebSocket opened."),
            ];
            return string.Join(' ', parts.Where(part => part.Length > 0));
        }
    }
}
