namespace Summit.Ops.RealHost.Tests;

internal static partial class Scenarios
{
    /// <summary>nginx and its unit.</summary>
    private static Scenario[] NginxFaults =>
    [
        new("nginx-stopped", "systemctl stop nginx", "refused", "NginxNotRunning") { Advice = ["Restart-SummitNginx|systemctl start nginx"], After = "101 hello", RunbookFails = true, Runbook = ["systemctl start nginx"] },
        new("nginx-masked", "systemctl mask --now nginx", "refused", "NginxNotRunning") { Advice = ["systemctl unmask nginx"], Says = ["masked"], After = "101 hello", RunbookFails = true, Runbook = ["unmask"] },
        new("nginx-port-80-taken", "systemctl stop nginx; systemctl start apache2; systemctl start nginx", "refused", "NginxNotRunning") { Says = ["apache2"], Advice = ["apache2"], RunbookFails = true, Runbook = ["apache2"] },
        new("nginx-failed-after-a-syntax-error", $"echo 'nonsense here;' >>{Site}; systemctl restart nginx", "refused", "NginxSyntaxInvalid")
        {
            Says = ["nonsense"], Never = ["keeps", "old config"], Advice = ["sites-(available|enabled)/summit-api"], RunbookFails = true, Runbook = ["nonsense"],
        },
        new("nginx-syntax-error-while-it-runs", $"echo 'nonsense here;' >>{Site}; systemctl reload nginx", "101 hello", "NginxSyntaxInvalid") { Says = ["nonsense"], RunbookFails = true, Runbook = ["nonsense"] },
        new("nginx-disabled", "systemctl disable nginx", "101 hello", "None") { Says = ["(disabled|reboot)"] },
        new("upgrade-headers-missing", $"sed -i '/Upgrade/d;/\"upgrade\"/d' {Site}; systemctl reload nginx", "400", "NginxUpgradeHeadersMissing") { Advice = ["Repair-|Deploy-"], After = "101 hello", RunbookFails = true },
        new("site-not-enabled", "rm /etc/nginx/sites-enabled/summit-api; systemctl reload nginx", "no TLS", "NginxConfigNotEnabled") { Advice = ["ln -s|Deploy-"], RunbookFails = true },
        new("not-reloaded", $"cp {Site} /tmp/site; sed -i '/Upgrade/d;/\"upgrade\"/d' {Site}; systemctl reload nginx; sleep 1; cat /tmp/site >{Site}", "400", "NginxNotReloaded") { Advice = ["Restart-SummitNginx|reload"], After = "101 hello", RunbookFails = true },
        new("proxy-pass-to-another-port", $"sed -i 's/localhost:4000/localhost:4002/' {Site}; systemctl reload nginx", "502", "NginxUpstreamMismatch") { Says = ["4002"], Advice = ["Repair-|Deploy-"], After = "101 hello", RunbookFails = true, Runbook = ["4002"] },
        new("certificate-expired", "cd /etc/letsencrypt/live/*/ && openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout privkey.pem -subj /CN=summit-api.codingeverest.com -out /tmp/r.csr 2>/dev/null && printf 'subjectAltName=DNS:summit-api.codingeverest.com' >/tmp/r.ext && openssl x509 -req -in /tmp/r.csr -CA /root/ca/ca.crt -CAkey /root/ca/ca.key -days -1 -extfile /tmp/r.ext -out fullchain.pem 2>/dev/null; systemctl reload nginx", "101 hello", "CertificateExpired") { RunbookFails = true, Runbook = ["expired"] },
    ];
}
