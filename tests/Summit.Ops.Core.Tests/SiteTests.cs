namespace Summit.Ops.Core.Tests;

public sealed class SiteTests
{
    [Fact]
    public void Uri_leaves_out_the_default_port() => Assert.Equal("wss://summit-api.codingeverest.com/ws", new SummitSite().Uri);

    [Fact]
    public void Uri_names_another_port() =>
        Assert.Equal("wss://localhost:8443/ws", new SummitSite { ServerName = "localhost", Port = 8443 }.Uri);
}
