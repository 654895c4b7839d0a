using Summit.Ops.Checks.Host;
using Summit.Ops.Evidence;

namespace Summit.Ops.Core.Tests.Checks;

/// <summary>Complaints of nginx as real hosts had them, and the next step that each needs.</summary>
public sealed class ComplaintCommandTests
{
    [Theory]
    // where its log lies
    [InlineData(
        "open() \"/var/log/nginx/access.log\" failed (2: No such file or directory)",
        "sudo install -d -m 755 /var/log/nginx && Restart-SummitNginx")]
    [InlineData(
        "open() \"/var/log/it's mine; rm/a.log\" failed (2: No such file or directory)",
        "sudo install -d -m 755 '/var/log/it'\"'\"'s mine; rm' && Restart-SummitNginx")]
    [InlineData("mkdir() \"/var/lib/nginx/body\" failed (2: No such file or directory)", "sudo install -d -m 755 /var/lib/nginx && ")]
    // a configuration is not made by an empty folder
    [InlineData("open() \"/etc/nginx/nginx.conf\" failed (2: No such file or directory)", "sudo nginx -t")]
    [InlineData(
        "open() \"/etc/nginx/mime.types\" failed (2: No such file or directory) in /etc/nginx/nginx.conf:14",
        "sudo sed -n '11,17p' /etc/nginx/nginx.conf   # mend it there")]
    // a link of another site that leads nowhere, and the site's own
    [InlineData(
        "open() \"/etc/nginx/sites-enabled/old\" failed (2: No such file or directory) in /etc/nginx/nginx.conf:60",
        "sudo rm /etc/nginx/sites-enabled/old && Restart-SummitNginx   # a link that leads nowhere; or put back the file that it names, "
            + "/etc/nginx/sites-available/old")]
    [InlineData(
        "open() \"/etc/nginx/sites-enabled/summit-api\" failed (2: No such file or directory) in /etc/nginx/nginx.conf:60",
        "Deploy-SummitNginxConfig")]
    [InlineData(
        "cannot load certificate \"/etc/ssl/a/fullchain.pem\": BIO_new_file() failed (SSL: error:80000002:system library::No such "
            + "file or directory:calling fopen(/etc/ssl/a/fullchain.pem, r) error:10000080:BIO routines::no such file)",
        "sudo ls -l /etc/ssl/a   # /etc/ssl/a/fullchain.pem is not there, or is a link that leads nowhere")]
    [InlineData(
        "cannot load certificate key \"/etc/ssl/a/privkey.pem\": BIO_new_file() failed (SSL: error:80000002:system library::No such "
            + "file or directory:calling fopen(/etc/ssl/a/privkey.pem, r) error:10000080:BIO routines::no such file)",
        "sudo ls -l /etc/ssl/a   # /etc/ssl/a/privkey.pem is not there")]
    [InlineData(
        "SSL_CTX_use_PrivateKey(\"/etc/ssl/a/privkey.pem\") failed (SSL: error:05800074:x509 certificate routines::key values mismatch)",
        "sudo openssl x509 -noout -pubkey -in /etc/ssl/a/fullchain.pem && sudo openssl pkey -pubout -in /etc/ssl/a/privkey.pem   # ")]
    [InlineData(
        "SSL_CTX_use_PrivateKey(\"/etc/ssl/c/privkey.pem\") failed (SSL: error:05800074:x509 certificate routines::key values mismatch)",
        "sudo openssl pkey -pubout -in /etc/ssl/c/privkey.pem   # ")]
    [InlineData(
        "unknown \"connection_upgrade\" variable",
        "echo 'map $http_upgrade $connection_upgrade { default upgrade; \"\" close; }' | sudo tee "
            + "/etc/nginx/conf.d/connection-upgrade.conf && Restart-SummitNginx")]
    [InlineData("unknown \"backend\" variable", "sudo grep -rn backend /etc/nginx   # a map or set must make $backend")]
    public void It_is_answered_with_what_can_be_done_about_it(string complaint, string fix)
    {
        var evidence = new SiteEvidence(
            new SummitSite(), SummitTarget.Local, DateTimeOffset.UnixEpoch,
            new HostEvidence(SummitTarget.Local, new Dictionary<string, EvidenceSection>
            {
                ["nginx.version"] = new(0, "nginx version: nginx/1.22.1\n"),
                ["nginx.test"] = new(1, $"nginx: [emerg] {complaint}\nnginx: configuration file /etc/nginx/nginx.conf test failed\n"),
                ["nginx.links"] = new(0, "/etc/nginx/sites-enabled/old\t/etc/nginx/sites-available/old\n"),
                ["nginx.raw"] = new(0, "server {\n  ssl_certificate /etc/ssl/b/b.pem;\n  ssl_certificate /etc/ssl/a/fullchain.pem;\n}\n"
                    + "include /etc/nginx/conf.d/*.conf;\n"),
                ["processes"] = new(0, ""),
            }, TimeSpan.Zero), "", []);
        Assert.StartsWith(fix, new NginxSyntax().Evaluate(evidence).Fix);
        // a start would end at the same, so it is not proposed alone
        var running = new NginxRunning().Evaluate(evidence);
        Assert.Equal(SummitCause.NginxNotRunning, running.Cause);
        Assert.StartsWith(fix, running.Fix);
    }

    [Theory]
    [InlineData("bind() to 10.99.0.1:8080 failed (99: Cannot assign requested address)")]
    [InlineData("unknown directive \"nonsense\" in /etc/nginx/nginx.conf:3")]
    public void It_is_shown_in_nginxs_own_words(string complaint) =>
        Assert.Equal(complaint, NginxComplaint.In($"nginx: [emerg] {complaint}\n")!.ToString());
}
