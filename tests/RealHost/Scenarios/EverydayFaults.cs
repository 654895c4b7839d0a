namespace Summit.Ops.RealHost.Tests;

internal static partial class Scenarios
{
    private const string Live = "/etc/letsencrypt/live/summit-api.codingeverest.com";
    private const string Cut = "sed -i '/Upgrade/d;/\"upgrade\"/d' ";

    /// <summary>Signs a new certificate for a name, as the host's own authority: the file of the site afterwards.</summary>
    private static string Certificate(string name, string days) =>
        $"cd {Live} && openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout privkey.pem -subj /CN={name} -out /tmp/r.csr "
        + $"2>/dev/null && printf 'subjectAltName=DNS:{name}' >/tmp/r.ext"
        + $" && openssl x509 -req -in /tmp/r.csr -CA /root/ca/ca.crt -CAkey /root/ca/ca.key -days {days} -extfile /tmp/r.ext -out "
        + "fullchain.pem 2>/dev/null";

    /// <summary>What other admins, package upgrades and full disks leave behind around nginx.</summary>
    internal static Scenario[] EverydayFaults =>
    [
        new("certificate-renewed-and-not-loaded", $"cp -a {Live} /tmp/live; {Certificate("summit-api.codingeverest.com", "-1")}; "
            + $"systemctl reload nginx; sleep 1; cp -a /tmp/live/. {Live}/; rm -rf /tmp/live", "101 hello", "CertificateNotReloaded")
        {
            Advice = ["Restart-SummitNginx|systemctl reload nginx"], RunbookFails = true, Runbook = ["expired", "reload nginx"],
        },
        new("certificate-of-another-name", $"{Certificate("www.codingeverest.com", "90")}; systemctl reload nginx", "101 hello",
            "CertificateNameMismatch") { Says = ["www.codingeverest.com"], RunbookFails = true, Runbook = ["not for summit-api"] },
        new(
            "certificate-link-dead",
            $"mkdir -p /etc/letsencrypt/archive/s; mv {Live}/fullchain.pem /etc/letsencrypt/archive/s/fullchain2.pem; "
                + $"ln -s ../../archive/s/fullchain3.pem {Live}/fullchain.pem; systemctl restart nginx",
            "refused", "CertificateMissing")
        {
            Says = ["fullchain.pem"], Never = ["keeps"], Advice = ["sudo ls -l .*fullchain.pem"], RunbookFails = true,
            Runbook = ["fullchain.pem"],
        },
        new("certificate-key-of-another",
            $"openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out {Live}/privkey.pem; systemctl restart nginx", "refused",
            "CertificateMissing")
        {
            Says = ["key values mismatch"], Advice = ["openssl x509 .*fullchain.pem"], RunbookFails = true,
            Runbook = ["key values mismatch"],
        },
        new("include-line-lost", "sed -i '/sites-enabled/d' /etc/nginx/nginx.conf; systemctl restart nginx", "refused",
            "NginxConfigNotEnabled", "NginxConfigNotDeployed")
        {
            Says = ["include"], Advice = ["include|Deploy-"], Never = ["ln -s"], RunbookFails = true,
        },
        new(
            "snippet-with-a-wrong-brace",
            "printf 'map $http_x $y {\\n    default 1;\\n' >/etc/nginx/conf.d/extra.conf; systemctl reload nginx",
            "101 hello", "NginxSyntaxInvalid")
        {
            Says = ["conf.d/extra.conf"], Advice = ["conf.d/extra.conf"], RunbookFails = true, Runbook = ["conf.d/extra.conf"],
        },
        new(
            "second-server-of-the-name",
            "printf 'server {\\n    listen 443 ssl;\\n    server_name summit-api.codingeverest.com;\\n    ssl_certificate "
                + $"{Live}/fullchain.pem;\\n    ssl_certificate_key {Live}/privkey.pem;\\n    location / {{ return 404; "
                + "}\\n}\\n' >/etc/nginx/conf.d/api.conf; systemctl reload nginx",
            "404", "NginxWrongServer", "NginxLocationMissing", "NginxLocationShadowed")
        {
            Says = ["conf.d/api.conf"], Advice = ["conf.d/api.conf"], RunbookFails = true, Runbook = ["conf.d/api.conf"],
        },
        new("default-server-steals", "sed -i 's/server_name summit-api.codingeverest.com/server_name summit-api.codingeverest.org/' "
            + $"{Site}; printf 'server {{\\n    listen 443 ssl default_server;\\n    ssl_certificate {Live}/fullchain.pem;\\n    "
            + $"ssl_certificate_key {Live}/privkey.pem;\\n    return 404;\\n}}\\n' >/etc/nginx/conf.d/default.conf; "
            + "systemctl reload nginx", "404", "NginxWrongServer", "NginxConfigNotDeployed")
        {
            Says = ["summit-api.codingeverest.org|server_name"], RunbookFails = true,
        },
        new(
            "worker-connections-too-few",
            "sed -i 's/worker_connections .*/worker_connections 6;/; s/^worker_processes.*/worker_processes 1;/' /etc/nginx/nginx.conf; "
                + "systemctl restart nginx; sleep 1",
            "500", "NginxConnectionLimit")
        {
            Says = ["worker_connections"], Advice = ["worker_connections"], RunbookFails = true,
        },
        new("log-folder-gone", "rm -rf /var/log/nginx; systemctl restart nginx", "refused", "NginxSyntaxInvalid", "NginxNotRunning")
        {
            Says = ["/var/log/nginx", "error.log does not exist"], Advice = ["install -d .* /var/log/nginx"], After = "101 hello",
            RunbookFails = true, Runbook = ["Next: .*install -d .* /var/log/nginx"],
        },
        new(
            "log-folder-full",
            "mount -t tmpfs -o size=64k tmpfs /var/log/nginx; dd if=/dev/zero of=/var/log/nginx/old.log bs=4k; systemctl reload nginx",
            "101 hello", "None") { RunbookFails = false },
        new("temp-folder-full",
            "mount -t tmpfs -o size=64k,mode=1777 tmpfs /tmp; dd if=/dev/zero of=/tmp/old bs=4k; " + AsDeploy("pm2 stop summit"), "502",
            "BackendNotRunning") { Advice = ["Restart-SummitBackend"], After = "101 hello", RunbookFails = true, Runbook = ["Next: "] },
        new("error-log-for-root-only", "chmod 700 /var/log/nginx; chmod 600 /var/log/nginx/*; " + AsDeploy("pm2 stop summit"), "502",
            "BackendNotRunning", "BackendNotListening") { Account = "adam", Advice = ["deploy"] },
        new("listen-without-ssl", $"sed -i 's/443 ssl/443/' {Site}; systemctl restart nginx", "no TLS",
            "PlainHttpOnTlsPort") { Says = ["ssl"], RunbookFails = true },
        new("tls-too-old",
            $"sed -i '/listen .*:443/a ssl_protocols TLSv1;' {Site}; sed -i 's/^\\s*ssl_protocols.*TLSv1.3.*//' /etc/nginx/nginx.conf; "
                + "systemctl restart nginx",
            "no TLS", "TlsProtocolMismatch") { Says = ["ssl_protocols|TLS"], RunbookFails = true },
        new("location-misspelled", $"sed -i 's#location /ws#location /wss#' {Site}; systemctl reload nginx", "404",
            "NginxLocationMissing") { Advice = ["Repair-|Deploy-"], After = "101 hello", RunbookFails = true },
        new("basic-auth-for-all",
            "printf 'ops:x\\n' >/etc/nginx/htpasswd; sed -i '/listen .*:443/a auth_basic ops; "
                + $"auth_basic_user_file /etc/nginx/htpasswd;' {Site}; systemctl reload nginx",
            "401", "NginxRejectsHandshake") { Says = ["auth_basic"], RunbookFails = true },
        new("maintenance-page", $"sed -i '/listen .*:443/a return 503;' {Site}; systemctl reload nginx", "503", "NginxRejectsHandshake",
            "NginxLocationMissing", "NginxLocationShadowed") { Says = ["return 503"], Never = ["BackendError"], RunbookFails = true },
        new("redirect-to-itself", $"sed -i '/listen .*:443/a return 301 https://$host$request_uri;' {Site}; systemctl reload nginx", "301",
            "NginxRedirect") { Says = ["return 301"], RunbookFails = true, Runbook = ["redirect"] },
        new(
            "private-ranges-allowed-only",
            $"sed -i '/listen .*:443/a allow 10.0.0.0/8; allow 127.0.0.0/8; deny all;' {Site}; systemctl reload nginx",
            "403", "NginxRejectsHandshake", "None") { Says = ["deny all|allow"] },
        new("nginx-user-of-another-system", "sed -i 's/^user .*/user nginx;/' /etc/nginx/nginx.conf; systemctl restart nginx", "refused",
            "NginxSyntaxInvalid") { Says = ["getpwnam"], Advice = ["nginx.conf"], RunbookFails = true, Runbook = ["getpwnam"] },
        new("nginx-module-gone",
            "sed -i '1i load_module modules/ngx_http_brotli_filter_module.so;' /etc/nginx/nginx.conf; systemctl restart nginx", "refused",
            "NginxSyntaxInvalid") { Says = ["brotli"], RunbookFails = true, Runbook = ["brotli"] },
        new("nginx-program-gone", "systemctl stop nginx; mv /usr/sbin/nginx /usr/sbin/nginx.away", "refused",
            "NginxNotInstalled") { Advice = ["apt-get install"], RunbookFails = true, Runbook = ["install nginx"] },
        new("nginx-by-hand-beside-its-unit", "systemctl stop nginx; nginx; systemctl start nginx", "101 hello",
            "None") { Says = ["nginx.service.*(failed|reboot|systemd)"], RunbookFails = false },
        new("nginx-by-hand-and-not-reloaded",
            $"systemctl stop nginx; cp {Site} /tmp/site; {Cut}{Site}; nginx; cat /tmp/site >{Site}; systemctl reload nginx", "200",
            "NginxNotReloaded") { Advice = ["Restart-SummitNginx|reload"], After = "101 hello", RunbookFails = true },
        new("pid-file-gone-and-not-reloaded",
            $"cp {Site} /tmp/site; {Cut}{Site}; systemctl restart nginx; rm /run/nginx.pid; cat /tmp/site >{Site}; systemctl reload nginx",
            "200", "NginxNotReloaded") { Advice = ["Restart-SummitNginx|restart nginx"], After = "101 hello", RunbookFails = true },
        new(
            "nginx-unit-hardened-too-much",
            "mkdir -p /etc/systemd/system/nginx.service.d; printf '[Service]\\nInaccessiblePaths=/etc/letsencrypt\\n' "
                + ">/etc/systemd/system/nginx.service.d/hardening.conf; systemctl daemon-reload; systemctl restart nginx",
            "refused", "NginxNotRunning")
        {
            Says = ["fullchain.pem", "hardening.conf"], Advice = ["systemctl (cat|edit) nginx|hardening.conf"],
            RunbookFails = true, Runbook = ["hardening.conf|fullchain.pem"],
        },
        new("upstream-name-unknown", $"sed -i 's/localhost:4000/backend.internal:4000/' {Site}; systemctl restart nginx", "refused",
            "NginxSyntaxInvalid") { Says =
            [
                "host not found in upstream",
            ], Advice = ["backend.internal|sed -n"], RunbookFails = true, Runbook = ["backend.internal"] },
        new(
            "localhost-without-v4",
            "sed -i '/127.0.0.1/d' /etc/hosts; sed -i 's/PORT: 4000/PORT: 4000, HOST: \"127.0.0.1\"/' /srv/summit/ecosystem.config.js; "
                + AsDeploy("pm2 delete summit; pm2 start /srv/summit/ecosystem.config.js") + "; systemctl restart nginx; sleep 1",
            "502", "BackendWrongAddress", "NginxUpstreamMismatch")
        {
            Says = ["127.0.0.1:4000", "::1"], RunbookFails = true,
        },
        new("nft-drops-v6-only", "nft 'add table ip6 guard; add chain ip6 guard input { type filter hook input priority 0; "
            + "}; add rule ip6 guard input iif host0 tcp dport 443 drop'", "101 hello", "None") { Never = ["HostFirewall Fail Error"] },
    ];

    /// <summary>What they leave behind around the backend.</summary>
    internal static Scenario[] EverydayBackendFaults =>
    [
        new("pm2-node-gone", AsDeploy("pm2 kill") + "; mv /usr/bin/node /usr/bin/node.away", "502",
            "BackendNotRunning") { Says = ["node"], Advice = ["node"], RunbookFails = true },
        new("pm2-dump-empty", "systemctl stop pm2-deploy; : >/home/deploy/.pm2/dump.pm2; rm -f /home/deploy/.pm2/dump.pm2.bak", "502",
            "BackendNotRunning") { Says = ["dump"], Advice = ["pm2 start|deploy"], Never = ["pm2 resurrect"], RunbookFails = true },
        new("pm2-of-two-accounts", AsDeploy("pm2 stop summit")
            + "; mkdir /srv/summit/old; sed '/WebSocketServer(/,/^});/d' /srv/summit/server.js >/srv/summit/old/server.js; "
            + "systemd-run --quiet --collect --slice=user-$(id -u admin).slice --uid=admin --property=KillMode=process "
            + "env HOME=/home/admin PATH=/usr/bin:/bin sh -c 'cd /home/admin && pm2 start /srv/summit/old/server.js --name old; "
            + "sleep 9999'; for i in $(seq 100); do ! ss -tlnH | grep -q ':4000 ' || break; sleep 0.1; done; "
            + AsDeploy("pm2 start summit") + "; sleep 3", "200", "BackendNotRunning", "BackendRestartLoop")
        {
            Says = ["admin"], Advice = ["admin"], Never = ["pm2 (delete|kill)"], RunbookFails = true, Runbook = ["admin"],
        },
        new("backend-on-another-path", "sed -i \"s#path: '/ws'#path: '/socket'#\" /srv/summit/server.js; " + AsDeploy("pm2 restart summit"),
            "400", "BackendRejectsUpgrade") { RunbookFails = true },
        new("backend-drops-the-upgrade", "echo \"server.prependListener('upgrade', (q, s) => s.destroy());\" >>/srv/summit/server.js; "
            + AsDeploy("pm2 restart summit"), "502", "BackendError", "BackendRejectsUpgrade") { RunbookFails = true },
        new("unix-socket-closed-to-nginx",
            "sed -i \"s#server.listen(port, address#require('fs').rmSync('/srv/summit/api.sock', { force: true }); "
                + "server.listen('/srv/summit/api.sock'#\" /srv/summit/server.js; "
                + AsDeploy("pm2 restart summit")
                + $"; sed -i 's#http://localhost:4000#http://unix:/srv/summit/api.sock:#' {Site}; systemctl reload nginx; sleep 1",
            "502", "UpstreamSocketDenied") { Says = ["Permission denied|may not write"], Advice = ["api.sock"], RunbookFails = true },
        .. new Scenario[]
        {
            new(
                "unit-on-v6-only",
                $"sed -i '/PORT=4000/a Environment=HOST=::1' {Unit}; systemctl daemon-reload; "
                    + $"systemctl restart summit; sed -i 's/localhost:4000/127.0.0.1:4000/' {Site}; systemctl reload nginx; sleep 1",
                "502", "BackendWrongAddress",
                "NginxUpstreamMismatch") { Site = "-BackendHost 127.0.0.1", Says = ["::1"], RunbookFails = true },
            new(
                "unit-with-a-private-network",
                $"sed -i '/^ExecStart/i PrivateNetwork=yes' {Unit}; systemctl daemon-reload; systemctl restart summit; sleep 1",
                "502", "BackendNotListening",
                "BackendWrongAddress") { Says = ["PrivateNetwork"], Advice = ["PrivateNetwork"], RunbookFails = true },
            new(
                "unit-with-too-little-memory",
                $"sed -i '/^ExecStart/i LimitAS=200M' {Unit}; systemctl daemon-reload; systemctl restart summit; sleep 4",
                "502", "BackendRestartLoop",
                "BackendNotRunning") { Says = ["core-dump|signal|start-limit-hit"], Advice = ["journalctl"], RunbookFails = true },
            new("unit-with-a-bad-setting", $"sed -i 's#^ExecStart=.*#ExecStart=\"/usr/bin/node /srv/summit/server.js#' {Unit}; "
                + "systemctl daemon-reload; systemctl stop summit; systemctl start summit", "502", "BackendNotRunning")
            {
                Says = ["bad-setting|bad unit"],
                Advice = ["systemctl (cat|edit|status) summit|systemd-analyze verify"],
                RunbookFails = true,
            },
            new(
                "unit-edited-and-not-loaded",
                $"sed -i s/PORT=4000/PORT=4001/ {Unit}; systemctl daemon-reload; systemctl restart summit; "
                    + $"sed -i s/PORT=4001/PORT=4000/ {Unit}; sleep 1; systemctl restart summit; sleep 1",
                "502", "BackendNotListening", "BackendWrongAddress", "BackendNotRunning") { Says =
            [
                "daemon-reload",
            ], Advice = ["daemon-reload"], After = "", RunbookFails = true, Runbook = ["daemon-reload"] },
            new(
                "unit-port-taken-by-a-forgotten-process",
                "systemctl stop summit; mkdir /srv/summit/old; sed '/WebSocketServer(/,/^});/d' /srv/summit/server.js "
                    + ">/srv/summit/old/server.js; cd /srv/summit/old; setsid runuser "
                    + "-u bob -- node /srv/summit/old/server.js >/dev/null 2>&1 </dev/null & sleep 2; systemctl start summit; sleep 4",
                "200", "BackendNotRunning", "BackendRestartLoop")
            {
                Says = ["node \\(pid", "port 4000"], Advice = ["4000|systemctl stop"], RunbookFails = true,
                Runbook = ["node.*port 4000|4000.*node"],
            },
            new("unit-restarts-by-timer-only-once-a-minute",
                $"sed -i 's/^RestartSec.*/RestartSec=60/' {Unit}; systemctl daemon-reload; systemctl restart summit; "
                    + "sleep 1; pkill -KILL -f /srv/summit/server.js; sleep 1",
                "502", "BackendRestartLoop", "BackendNotRunning") { Says = ["auto-restart"], Advice = ["summit"], RunbookFails = true },
            new(
                "unit-script-not-readable",
                "chown root: /srv/summit/server.js; chmod 600 /srv/summit/server.js; systemctl restart summit; sleep 4",
                "502", "BackendRestartLoop",
                "BackendNotRunning") { Says = ["EACCES|permission denied"], Advice = ["journalctl|server.js"], RunbookFails = true },
            new("unit-package-gone", "rm -rf /srv/summit/node_modules; systemctl restart summit; sleep 4", "502", "BackendRestartLoop",
                "BackendNotRunning") { Says = ["Cannot find module 'ws'"], Advice = ["journalctl|npm"], RunbookFails = true },
        }.Select(scenario => scenario with { Layout = "unit", Never = [.. scenario.Never, "pm2 (start|restart|logs|list)"] }),
    ];
}
