using Summit.Ops.Checks.Host;

namespace Summit.Ops.Core.Tests.Checks;

public sealed class NginxComplaintTests
{
    [Theory]
    [InlineData(
        "nginx: [emerg] invalid number of arguments in \"proxy_set_header\" directive in /etc/nginx/sites-enabled/api:15\n"
            + "nginx: configuration file /etc/nginx/nginx.conf test failed\n",
        "invalid number of arguments in \"proxy_set_header\" directive",
        "/etc/nginx/sites-enabled/api", 15)]
    [InlineData(
        "2026/11/24 06:31:31 [emerg] 25294#25294: unknown directive \"listne\" in /tmp/hl/sites-enabled/x:3\n",
        "unknown directive \"listne\"", "/tmp/hl/sites-enabled/x", 3)]
    [InlineData(
        "nginx: [alert] could not open error log file: open() \"/var/log/nginx/error.log\" failed (2: No such file or directory)\n"
            + "nginx: [emerg] unexpected end of file, expecting \"}\" in /a b/c:9\n",
        "unexpected end of file, expecting \"}\"", "/a b/c", 9)]
    [InlineData(
        "nginx: [emerg] cannot load certificate \"/x.pem\": BIO_new_file() failed\n",
        "cannot load certificate \"/x.pem\": BIO_new_file() failed",
        null, null)]
    public void The_first_complaint_is_found_with_its_place(string output, string message, string? file, int? line) =>
        Assert.Equal(new NginxComplaint(message, file, line), NginxComplaint.In(output));

    [Fact]
    public void A_test_that_passes_has_none() => Assert.Null(NginxComplaint.In(
        "nginx: the configuration file /etc/nginx/nginx.conf syntax is ok\nnginx: [alert] could not open error log file: open() failed\n"));
}
