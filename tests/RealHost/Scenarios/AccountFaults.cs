namespace Summit.Ops.RealHost.Tests;

internal static partial class Scenarios
{
    /// <summary>The accounts of real life: each gets as far as it can, and is told the command that gets further.</summary>
    internal static Scenario[] AccountFaults =>
    [
        new("healthy-seen-by-nobody-special", "true", "101 hello",
            "None") { Account = "bob", Never = ["does not pass", "Nginx.Syntax Fail"], Says = ["Nginx.Syntax Unknown.*sudo nginx -t"] },
        new("healthy-seen-by-adm", "true", "101 hello", "None") { Account = "adam", Never = ["Nginx.Syntax Fail"] },
        new("healthy-seen-by-the-narrow-list", "true", "101 hello", "None") { Account = "nina", Says = ["Nginx.Syntax Pass"] },
        new("syntax-error-seen-by-the-narrow-list", $"echo 'nonsense here;' >>{Site}; systemctl stop nginx", "refused",
            "NginxSyntaxInvalid") { Account = "nina", Says = ["unknown directive|nonsense"] },
        new(
            "not-reloaded-seen-by-the-narrow-list",
            $"cp {Site} /tmp/site; sed -i '/Upgrade/d;/\"upgrade\"/d' {Site}; systemctl reload nginx; sleep 1; cat /tmp/site >{Site}",
            "200", "NginxNotReloaded", "NginxUpgradeHeadersMissing")
        {
            Account = "nina", Advice = ["systemctl reload nginx|Restart-SummitNginx"], After = "101 hello",
        },
        new("nginx-stopped-seen-by-a-sudoer-with-a-password", "systemctl stop nginx", "refused",
            "NginxNotRunning") { Account = "sally", Advice = ["sudo -v"] },
        new("pm2-stopped-seen-by-a-sudoer-with-a-password", AsDeploy("pm2 stop summit"), "502", "BackendNotRunning",
            "BackendNotListening") { Account = "sally", Advice = ["sudo -v"] },
        new("pm2-stopped-seen-by-adm", AsDeploy("pm2 stop summit"), "502", "BackendNotRunning",
            "BackendNotListening") { Account = "adam", Advice = ["deploy"], Never = ["(?m)^[^#]*(?<!deploy.*)pm2 start"] },
        new("pm2-stopped-seen-by-its-owner", AsDeploy("pm2 stop summit"), "502",
            "BackendNotRunning") { Account = "deploy", Advice = ["Restart-SummitBackend"], After = "101 hello" },
        new("pm2-daemon-gone-seen-by-nobody-special", "systemctl stop pm2-deploy", "502", "BackendNotRunning",
            "BackendNotListening") { Account = "bob", Advice = ["pm2-deploy|deploy"] },
        new("nginx-stopped-seen-by-nobody-special", "systemctl stop nginx", "refused",
            "NginxNotRunning") { Account = "bob", Advice = ["sudo|root"] },
        new("nginx-stopped-seen-by-the-narrow-list", "systemctl stop nginx", "refused",
            "NginxNotRunning") { Account = "nina", Advice = ["nina may not"], Never = ["systemctl reload nginx"] },
        new("nginx-stopped-seen-by-a-list-with-restart", "echo 'nina ALL=(root) NOPASSWD: /usr/sbin/nginx -t, /usr/bin/systemctl restart "
            + "nginx' >/etc/sudoers.d/nina; systemctl stop nginx", "refused", "NginxNotRunning")
        {
            Account = "nina", Advice = ["sudo systemctl restart nginx"], After = "101 hello",
        },
        new("nginx-masked-seen-by-a-list-and-a-password",
            "echo 'sally ALL=(root) NOPASSWD: /usr/sbin/nginx -t' >/etc/sudoers.d/zally; systemctl mask --now nginx", "refused",
            "NginxNotRunning") { Account = "sally", Advice = ["sudo -v", "unmask"] },
    ];
}
