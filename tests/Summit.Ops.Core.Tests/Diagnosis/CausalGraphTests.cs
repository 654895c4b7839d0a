using Summit.Ops.Diagnosis;

namespace Summit.Ops.Core.Tests.Diagnosis;

public sealed class CausalGraphTests
{
    public static TheoryData<SummitCause> Causes => [.. Enum.GetValues<SummitCause>()];

    [Theory]
    [MemberData(nameof(Causes))]
    public void Every_cause_has_a_place_and_an_explanation(SummitCause cause)
    {
        Assert.Single(CausalGraph.Order, cause);
        Assert.EndsWith(".", Explanations.Of(cause));
    }

    [Theory]
    [MemberData(nameof(Causes))]
    public void No_cause_explains_itself(SummitCause cause) => Assert.False(CausalGraph.Explains(cause, cause));

    [Fact]
    public void The_request_s_way_gives_the_order()
    {
        SummitCause[] way = [SummitCause.DnsNameNotFound, SummitCause.SecurityGroupBlocked, SummitCause.NginxNotRunning, SummitCause.NginxConfigNotDeployed, SummitCause.CertificateExpired, SummitCause.NginxLocationMissing, SummitCause.BackendNotRunning, SummitCause.AuthenticationFailed];
        Assert.Equal(way, way.OrderBy(CausalGraph.Rank));
    }
}
