using System.Globalization;
using Summit.Ops.Diagnosis;
using Summit.Ops.Diagnosis.Proving;
using Summit.Ops.Evidence;
using Summit.Ops.Hosts;

namespace Summit.Ops.Watching;

/// <summary>Diagnoses a watched site at the moment it breaks.</summary>
/// <param name="host">The host of the site.</param>
/// <param name="token">A token for the probes, or null.</param>
/// <param name="folder">Where the evidence is kept; null for nowhere.</param>
/// <param name="time">The clock.</param>
public sealed class BreakDiagnosis(IHost host, string? token, string? folder, TimeProvider time)
{
    /// <summary>Gathers the evidence once, judges it, and keeps it where that was asked for.</summary>
    /// <exception cref="Errors.SummitException">The evidence cannot be had, or not be written.</exception>
    public async Task<SummitDiagnosis> RunAsync(SummitSite site, DateTimeOffset at, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(site);
        var began = time.GetTimestamp();
        var evidence = await new SiteGatherer(time) { WithNetwork = true }.GatherAsync(host, site, token, cancellation);
        evidence = await new Experiment(host, time).RunAsync(evidence, token, cancellation);
        var diagnosis = Verdict.Over(evidence, time.GetElapsedTime(began));
        if (folder is not null) EvidenceFile.Write(evidence, Path.Join(folder, FileName(site, at)));
        return diagnosis;
    }

    private static string FileName(SummitSite site, DateTimeOffset at)
    {
        var name = string.Concat(
            site.Name.Select(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.' ? character : '_'));
        return string.Create(CultureInfo.InvariantCulture, $"{name}.{at.UtcDateTime:yyyyMMdd'T'HHmmssfff'Z'}.evidence.json");
    }
}
