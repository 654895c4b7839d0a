namespace Summit.Ops.RealHost.Tests;

internal static partial class Scenarios
{
    /// <summary>nginx and its unit.</summary>
    internal static Scenario[] NginxFaults =>
    [
        new("nginx-stopped", "systemctl stop nginx", "refused", "NginxNotRunning") { Advice =
        [
            "Restart-SummitNginx|systemctl start nginx",
        ], After = "101 hello", RunbookFails = true, Runbook = ["systemctl start nginx"] },
        new("nginx-masked", "systemctl mask --now nginx", "refused", "NginxNotRunning") { Advice =
        [
            "systemctl unmask nginx",
        ], Says = ["masked"], After = "101 hello", RunbookFails = true, Runbook = ["unmask"] },
        new("nginx-port-80-taken", "systemctl stop nginx; systemctl start apache2; systemctl start nginx", "refused",
            "NginxNotRunning") { Says = ["apache2"], Advice = ["apache2"], RunbookFails = true, Runbook = ["apache2"] },
        new("nginx-failed-after-a-syntax-error", $"echo 'nonsense here;' >>{Site}; systemctl restart nginx", "refused",
            "NginxSyntaxInvalid")
        {
            Says = ["nonsense"], Never = ["keeps", "old config"], Advice = ["sites-(available|enabled)/summit-api"],
            RunbookFails = true, Runbook = ["nonsense"],
        },
        new("nginx-syntax-error-while-it-runs", $"echo 'nonsense here;' >>{Site}; systemctl reload nginx", "101 hello",
            "NginxSyntaxInvalid") { Says = ["nonsense"], RunbookFails = true, Runbook = ["nonsense"] },
        new("syntax-error-in-german", $"echo 'nonsense here;' >>{Site}; systemctl stop nginx", "refused", "NginxSyntaxInvalid")
        {
            Locale = "de_DE.UTF-8", Says = ["nonsense"], Advice = ["sites-(available|enabled)/summit-api"],
            RunbookFails = true, Runbook = ["nonsense"],
        },
        new("nginx-port-80-taken-in-turkish", "systemctl stop nginx; systemctl start apache2; systemctl start nginx", "refused",
            "NginxNotRunning") { Locale = "tr_TR.UTF-8", Says = ["apache2"], Advice = ["apache2"], RunbookFails = true,
                Runbook = ["apache2"] },
        new("upgrade-headers-missing-in-turkish", $"sed -i '/Upgrade/d;/\"upgrade\"/d' {Site}; systemctl reload nginx", "200",
            "NginxUpgradeHeadersMissing")
        {
            Locale = "tr_TR.UTF-8", Advice = ["Repair-|Deploy-"], After = "101 hello", RunbookFails = true,
        },
        new("nginx-disabled", "systemctl disable nginx", "101 hello", "None") { Says = ["(disabled|reboot)"] },
        new("upgrade-headers-missing", $"sed -i '/Upgrade/d;/\"upgrade\"/d' {Site}; systemctl reload nginx", "200",
            "NginxUpgradeHeadersMissing") { Advice = ["Repair-|Deploy-"], After = "101 hello", RunbookFails = true },
        new("site-not-enabled", "rm /etc/nginx/sites-enabled/summit-api; systemctl reload nginx", "refused",
            "NginxConfigNotEnabled") { Advice = ["ln -s|Deploy-"], RunbookFails = true },
        new("not-reloaded",
            $"cp {Site} /tmp/site; sed -i '/Upgrade/d;/\"upgrade\"/d' {Site}; systemctl reload nginx; sleep 1; cat /tmp/site >{Site}",
            "200", "NginxNotReloaded") { Advice = ["Restart-SummitNginx|reload"], After = "101 hello", RunbookFails = true },
        new("proxy-pass-to-another-port", $"sed -i 's/localhost:4000/localhost:4002/' {Site}; systemctl reload nginx", "502",
            "NginxUpstreamMismatch") { Says =
            [
                "4002",
            ], Advice = ["Repair-|Deploy-"], After = "101 hello", RunbookFails = true, Runbook = ["4002"] },
        new("nginx-masked-until-a-reboot", "systemctl mask --runtime --now nginx", "refused", "NginxNotRunning") { Advice =
        [
            "systemctl unmask --runtime nginx",
        ], Says = ["masked"], After = "101 hello", RunbookFails = true, Runbook = ["unmask --runtime"] },
        new("nginx-stopped-and-disabled", "systemctl disable --now nginx", "refused", "NginxNotRunning") { Advice =
        [
            "Restart-SummitNginx|systemctl (start|enable)",
        ], Says = ["enable"], After = "101 hello", RunbookFails = true },
        new("nginx-port-443-taken", "systemctl stop nginx; systemd-run --quiet --unit=stats --collect sh -c 'exec python3 -c \"import "
            + "socket,time; s=socket.create_server((str(),443)); time.sleep(9999)\"'; for i in $(seq 50); "
            + "do ! ss -tlnH | grep -q ':443 ' || break; sleep 0.1; done; systemctl start nginx", "timeout", "NginxNotRunning")
        {
            Says = ["python3", "stats"], Advice = ["systemctl stop stats"], RunbookFails = true, Runbook = ["python3", "443"],
        },
        new("nginx-key-gone", "mv /etc/letsencrypt/live/summit-api.codingeverest.com/privkey.pem /tmp/; systemctl restart nginx", "refused",
            "CertificateMissing") { Says = ["privkey.pem"], Never = ["keeps"], RunbookFails = true, Runbook = ["privkey.pem"] },
        new(
            "nginx-unit-that-fails-before-nginx",
            "mkdir -p /etc/systemd/system/nginx.service.d; printf '[Service]\\nExecStartPre=/usr/bin/test -d /var/cache/gone\\n' "
                + ">/etc/systemd/system/nginx.service.d/cache.conf; systemctl daemon-reload; systemctl restart nginx",
            "refused", "NginxNotRunning")
        {
            Says = ["failed \\(exit-code\\)"], Advice = ["systemctl (status|cat|edit)|journalctl"], RunbookFails = true,
        },
        new("nginx-on-the-loopback-only",
            $"sed -i 's/listen 443 ssl/listen 127.0.0.1:443 ssl/; /listen \\[::\\]:443/d' {Site}; systemctl restart nginx", "refused",
            "NginxWrongServer") { Says = ["runs, and listens for tcp 443 on 127.0.0.1:443 only"], Never =
            [
                "nginx does not run",
                "HostFirewall Fail",
            ], Advice = ["listen"], RunbookFails = true, Runbook = ["loopback only", "Next: .*listen 443 ssl"] },
        new("certificate-expired", "cd /etc/letsencrypt/live/*/ && openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 "
            + "-nodes -keyout privkey.pem -subj /CN=summit-api.codingeverest.com -out /tmp/r.csr 2>/dev/null && printf "
            + "'subjectAltName=DNS:summit-api.codingeverest.com' >/tmp/r.ext && openssl x509 -req -in /tmp/r.csr -CA "
            + "/root/ca/ca.crt -CAkey /root/ca/ca.key -days -1 -extfile /tmp/r.ext -out fullchain.pem 2>/dev/null; "
            + "systemctl reload nginx", "101 hello", "CertificateExpired") { RunbookFails = true, Runbook = ["expired"] },
    ];
}
