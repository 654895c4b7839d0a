using Summit.Ops.Diagnosis;
using Summit.Ops.Diagnosis.Proving;
using Summit.Ops.Evidence;
using Summit.Ops.Hosts;

namespace Summit.Ops.Aws.Tests.Diagnosis;

/// <summary>A diagnosis as the cmdlet makes it.</summary>
internal static class Judged
{
    public static async Task<SummitDiagnosis> VerdictAsync(IHost host, SummitSite site) =>
        Verdict.Over(await new Experiment(host, TimeProvider.System).RunAsync(
            await new SiteGatherer(TimeProvider.System) { WithNetwork = true }.GatherAsync(host, site, token: null, Account.Stop),
            token: null, Account.Stop), TimeSpan.Zero);
}
