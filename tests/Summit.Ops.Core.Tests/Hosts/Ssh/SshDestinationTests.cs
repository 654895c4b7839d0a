using Summit.Ops.Checks;
using Summit.Ops.Errors;
using Summit.Ops.Hosts.Ssh;

namespace Summit.Ops.Core.Tests.Hosts.Ssh;

public sealed class SshDestinationTests
{
    [Theory]
    [InlineData("web1", "", "web1", null)]
    [InlineData("deploy@web1.example.com", "deploy", "web1.example.com", null)]
    [InlineData("deploy@web1:2222", "deploy", "web1", 2222)]
    [InlineData("ssh://deploy@web1:2222/", "deploy", "web1", 2222)]
    [InlineData("[2001:db8::1]:22", "", "2001:db8::1", 22)]
    [InlineData("root@2001:db8::1", "root", "2001:db8::1", null)]
    [InlineData("fe80::1%eth0", "", "fe80::1%eth0", null)]
    [InlineData(@"CORP\anna@web1", @"CORP\anna", "web1", null)]
    [InlineData("anna@corp.example@web1", "anna@corp.example", "web1", null)]
    public void A_host_is_read(string text, string user, string host, int? port)
    {
        var read = SshDestination.Read(text);
        Assert.Equal((user, host, port), (read.User, read.Host, read.Port));
        Assert.Equal(host, read.Arguments().Last());
        Assert.Equal("--", read.Arguments().Reverse().ElementAt(1));
    }

    [Theory]
    [InlineData("-oProxyCommand=touch x")]
    [InlineData("-lroot@web1")]
    [InlineData("web1; touch x")]
    [InlineData("web1\ntouch")]
    [InlineData("$(touch x)@web1")]
    [InlineData("web1:0")]
    [InlineData("web1:70000")]
    [InlineData("web1:ssh")]
    [InlineData("web1:")]
    [InlineData("@web1")]
    [InlineData("deploy@")]
    [InlineData("[::1")]
    [InlineData("[::1]22")]
    [InlineData("")]
    public void What_is_no_host_is_refused_at_once(string text) =>
        Assert.Equal("HostNameInvalid", Assert.Throws<SummitArgumentException>(() => SshDestination.Read(text)).ErrorId);

    [Theory]
    [InlineData("IdentityFile", "SshOptionInvalid")]
    [InlineData("=x", "SshOptionInvalid")]
    [InlineData("Port=22\nProxyCommand=x", "SshOptionInvalid")]
    [InlineData("-v=1", "SshOptionInvalid")]
    [InlineData("requesttty=yes", "SshOptionReserved")]
    [InlineData("RemoteCommand touch x", "SshOptionReserved")]
    public void An_option_that_cannot_be_is_refused_at_once(string option, string id) =>
        Assert.Equal(id, Assert.Throws<SummitArgumentException>(() => SshHost.TargetOf("web1", [option])).ErrorId);

    [Fact]
    public void The_next_command_names_the_host_as_it_was_named() =>
        Assert.Equal(
            " -HostName 'deploy@web1:2222' -SshOption 'ProxyJump=bastion'",
            Command.Instance(SshHost.TargetOf("deploy@web1:2222", ["ProxyJump=bastion"])));
}
