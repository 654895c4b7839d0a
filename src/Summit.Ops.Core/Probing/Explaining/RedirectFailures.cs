using System.Globalization;
using Summit.Ops.Text;

namespace Summit.Ops.Probing.Explaining;

/// <summary>Why a redirect was not followed, though redirects were to be.</summary>
internal static class RedirectFailures
{
    public static LayerFailedException TooMany(ProbeTrace trace, string location)
    {
        var most = trace.Plan.Request.MaximumRedirection;
        return NotFollowed(
            trace, location, $"-MaximumRedirection allows {most.ToString(CultureInfo.InvariantCulture)}, and there is no end to be seen");
    }

    public static LayerFailedException Circle(ProbeTrace trace, string location) =>
        NotFollowed(trace, location, "that was asked already, so the redirects run in a circle");

    /// <summary>It leads where a probe does not go.</summary>
    /// <param name="trace">The hop that was redirected.</param>
    /// <param name="location">The Location header; empty for none.</param>
    /// <param name="why">Why, as the end of a sentence.</param>
    public static LayerFailedException NotFollowed(ProbeTrace trace, string location, string why)
    {
        var where = location.Length == 0 ? "" : $" to {Secrets.RedactUri(location)}";
        var who = char.ToUpperInvariant(trace.AnsweredBy[0]) + trace.AnsweredBy[1..];
        return new LayerFailedException(
            SummitProbeStage.Upgrade,
            SummitCause.NginxRedirect,
            $"{who} answered {trace.HttpStatus}: it redirects{where}, which was not followed: {why}.",
            NextCommand.Route(trace.Plan));
    }
}
