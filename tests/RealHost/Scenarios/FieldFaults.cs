namespace Summit.Ops.RealHost.Tests;

internal static partial class Scenarios
{
    /// <summary>Faults that were made up first and tried afterwards, with the module and its help alone.</summary>
    internal static Scenario[] FieldFaults =>
    [
        new("dead-link-of-another-site", "ln -s /etc/nginx/sites-available/old /etc/nginx/sites-enabled/old; systemctl restart nginx",
            "refused", "NginxSyntaxInvalid")
        {
            Says = ["sites-enabled/old"], Advice = ["sudo rm /etc/nginx/sites-enabled/old"], After = "101 hello", RunbookFails = true,
            Runbook = ["sites-enabled/old"],
        },
        new("map-of-connection-upgrade-missing",
            $"sed -i 's/Connection \"upgrade\"/Connection $connection_upgrade/' {Site}; systemctl restart nginx", "refused",
            "NginxSyntaxInvalid")
        {
            Says = ["connection_upgrade"], Advice = ["map .*connection_upgrade"], After = "101 hello", RunbookFails = true,
            Runbook = ["connection_upgrade"],
        },
        new("location-with-a-slash-too-many", $"sed -i 's#location /ws #location /ws/ #' {Site}; systemctl reload nginx", "301",
            "NginxLocationMissing", "NginxRedirect")
        {
            Says = ["/ws/"], RunbookFails = true, Runbook = ["/ws/"],
        },
        new("proxy-pass-with-a-slash", $"sed -i '/location .ws/,/}}/s#localhost:4000#localhost:4000/#' {Site}; systemctl reload nginx",
            "400", "NginxUpstreamMismatch", "BackendRejectsUpgrade")
        {
            Says = ["localhost:4000/"], RunbookFails = true,
        },
        new("one-request-a-minute",
            "printf 'limit_req_zone $server_name zone=all:1m rate=1r/m;\\n' >/etc/nginx/conf.d/limit.conf; "
                + $"sed -i '/listen .*:443/a limit_req zone=all;' {Site}; systemctl reload nginx; sleep 1; "
                + "curl -sk -o /dev/null -H 'Host: summit-api.codingeverest.com' https://127.0.0.1/api",
            "503", "NginxRejectsHandshake")
        {
            Advice = ["limit_"], Says = ["limit_req"], Never = ["BackendError"], RunbookFails = true,
            Runbook = ["limiting requests|limit_req"],
        },
        new("port-443-redirected-elsewhere", "iptables -t nat -A PREROUTING -p tcp --dport 443 -j REDIRECT --to-ports 8443", "refused",
            "HostFirewallBlocked")
        {
            Says = ["REDIRECT"], Never = ["NginxNotRunning"], Advice = ["iptables -t nat -D"], After = "101 hello", RunbookFails = true,
            Runbook = ["REDIRECT"],
        },
        new("handshake-rejected-for-unknown-names",
            "printf 'server {\\n    listen 443 ssl default_server;\\n    ssl_reject_handshake on;\\n}\\n' "
                + ">/etc/nginx/conf.d/reject.conf; "
                + $"sed -i 's/server_name summit-api.codingeverest.com/server_name summit-api.codingeverest.org/' {Site}; "
                + "systemctl reload nginx",
            "no TLS", "NginxWrongServer", "NginxConfigNotDeployed", "TlsProtocolMismatch")
        {
            Says = ["ssl_reject_handshake|server_name"], RunbookFails = true,
        },
        new("client-certificate-required",
            $"sed -i '/listen .*:443/a ssl_client_certificate /usr/local/share/ca-certificates/realhost.crt; "
                + $"ssl_verify_client on;' {Site}; systemctl reload nginx",
            "400", "ClientCertificateRequired")
        {
            Says = ["ssl_verify_client"], Never = ["BackendRejectsUpgrade"], RunbookFails = true,
        },
        new("upstream-in-a-variable-without-a-resolver",
            $"sed -i 's#proxy_pass http://localhost:4000;#set $backend http://localhost:4000; proxy_pass $backend;#' {Site}; "
                + "systemctl reload nginx",
            "502", "NginxResolverMissing")
        {
            Says = ["resolver"], RunbookFails = true, Runbook = ["resolver"],
        },
        new("another-server-on-the-very-address",
            "printf 'server {\\n    listen 10.20.0.5:443 ssl;\\n    server_name other;\\n    ssl_certificate "
                + $"{Live}/fullchain.pem;\\n    ssl_certificate_key {Live}/privkey.pem;\\n    return 404;\\n}}\\n' "
                + ">/etc/nginx/conf.d/other.conf; systemctl reload nginx; sleep 1; systemctl restart nginx",
            "404", "NginxWrongServer")
        {
            Says = ["10.20.0.5"], Advice = ["10.20.0.5|conf.d/other.conf"], RunbookFails = true,
        },
        new("tls-to-a-backend-without", $"sed -i 's#http://localhost:4000#https://localhost:4000#' {Site}; systemctl reload nginx", "502",
            "NginxUpstreamScheme") { Says = ["https"], RunbookFails = true },
        new("nginx-with-too-few-files",
            "mkdir -p /etc/systemd/system/nginx.service.d; printf '[Service]\\nLimitNOFILE=12\\n' "
                + ">/etc/systemd/system/nginx.service.d/limits.conf; systemctl daemon-reload; systemctl restart nginx; sleep 1",
            "500", "NginxConnectionLimit")
        {
            Says = ["Too many open files|LimitNOFILE"], RunbookFails = true,
        },
    ];
}
