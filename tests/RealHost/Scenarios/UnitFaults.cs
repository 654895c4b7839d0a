namespace Summit.Ops.RealHost.Tests;

internal static partial class Scenarios
{
    private const string Unit = "/etc/systemd/system/summit.service";

    /// <summary>A backend that is a systemd unit: as good as pm2.</summary>
    internal static Scenario[] UnitFaults =>
    [
        .. new Scenario[]
        {
            new("unit-healthy", "true", "101 hello", "None") { RunbookFails = false, Says = ["Backend.WebSocketLog (Pass|Fail).*journal"] },
            new("unit-stopped", "systemctl stop summit", "502", "BackendNotRunning")
            {
                Advice = ["Restart-SummitBackend|systemctl start summit"],
                After = "101 hello",
                RunbookFails = true,
            },
            new("unit-stopped-seen-by-a-sudoer", "systemctl stop summit", "502",
                "BackendNotRunning") { Account = "admin", Advice = ["Restart-SummitBackend|systemctl start summit"], After = "101 hello" },
            new("unit-crash-loop",
                $"echo 'throw new Error(\"no database\")' >>/srv/summit/server.js; sed -i 's/RestartSec.*/RestartSec=3/' {Unit}; "
                    + "systemctl daemon-reload; systemctl restart summit; sleep 1",
                "502", "BackendRestartLoop") { Says = ["no database"], Advice = ["journalctl|BackendLog"], RunbookFails = true },
            new(
                "unit-start-limit-hit",
                "echo 'throw new Error(\"no database\")' >>/srv/summit/server.js; systemctl restart summit; "
                    + "for i in $(seq 60); do [ \"$(systemctl is-active summit)\" != failed ] || break; sleep 0.2; done",
                "502", "BackendRestartLoop", "BackendNotRunning")
            {
                Says = ["no database", "start-limit-hit|start limit|crash"],
                Advice = ["journalctl|BackendLog"],
                RunbookFails = true,
            },
            new(
                "unit-masked",
                "systemctl stop summit; mv /etc/systemd/system/summit.service /root/; ln -s /dev/null /etc/systemd/system/summit.service; "
                    + "systemctl daemon-reload",
                "502",
                "BackendNotRunning") { Advice = ["systemctl unmask summit"], Says = ["masked"], RunbookFails = true, Runbook = ["unmask"] },
            new("unit-disabled", "systemctl disable summit", "101 hello", "None") { Says = ["disabled|reboot"] },
            new("unit-wrong-user",
                $"sed -i 's/User=deploy/User=nosuch/' {Unit}; systemctl daemon-reload; systemctl restart summit; sleep 3", "502",
                "BackendRestartLoop", "BackendNotRunning") { Says = ["nosuch|217|USER"], RunbookFails = true },
            new("unit-wrong-folder",
                $"sed -i 's#WorkingDirectory=.*#WorkingDirectory=/srv/gone#' {Unit}; "
                    + "systemctl daemon-reload; systemctl restart summit; sleep 3",
                "502", "BackendRestartLoop", "BackendNotRunning") { Says = ["/srv/gone|200|CHDIR"], RunbookFails = true },
            new("unit-of-another-name",
                $"systemctl disable --now summit; mv {Unit} /etc/systemd/system/api-backend.service; "
                    + "systemctl daemon-reload; systemctl start api-backend; sleep 3",
                "101 hello", "None") { Says = ["api-backend"], RunbookFails = false },
            new("unit-of-another-name-stopped",
                $"systemctl disable --now summit; mv {Unit} /etc/systemd/system/api-backend.service; systemctl daemon-reload", "502",
                "BackendNotRunning") { Says = ["api-backend"], Advice = ["api-backend"], After = "101 hello" },
            new("unit-wrong-port", $"sed -i s/PORT=4000/PORT=4001/ {Unit}; systemctl daemon-reload; systemctl restart summit; sleep 1",
                "502", "BackendNotListening", "BackendWrongAddress",
                "NginxUpstreamMismatch") { Says = ["4001"], Advice = ["400[01]"], RunbookFails = true, Runbook = ["4001"] },
            new("unit-crash-loop-seen-by-nobody-special",
                $"echo 'throw new Error(\"no database\")' >>/srv/summit/server.js; sed -i 's/RestartSec.*/RestartSec=3/' {Unit}; "
                    + "systemctl daemon-reload; systemctl restart summit; sleep 1",
                "502", "BackendRestartLoop") { Account = "bob", Says = ["Backend.WebSocketLog Unknown.*(adm|journal)"] },
            new("unit-environment-file-gone", $"sed -i 's#^Environment=.*#EnvironmentFile=/etc/summit/env#' {Unit}; "
                + "systemctl daemon-reload; systemctl restart summit; sleep 3", "502", "BackendRestartLoop", "BackendNotRunning")
            {
                Says = ["EnvironmentFile|environment files"],
                Advice = ["systemctl (cat|edit) summit|journalctl"],
                RunbookFails = true,
            },
            new(
                "unit-program-gone",
                $"sed -i 's#^ExecStart=.*#ExecStart=/opt/node/bin/node /srv/summit/server.js#' {Unit}; "
                    + "systemctl daemon-reload; systemctl restart summit; sleep 3",
                "502", "BackendRestartLoop",
                "BackendNotRunning") { Says = ["/opt/node/bin/node"], Advice = ["systemctl (cat|edit) summit"], RunbookFails = true },
            new("unit-log-folder-gone", $"sed -i '/^ExecStart/a StandardOutput=append:/var/log/summit/out.log' {Unit}; "
                + "systemctl daemon-reload; systemctl restart summit; sleep 3", "502", "BackendRestartLoop", "BackendNotRunning")
            {
                Says = ["209/STDOUT|StandardOutput"],
                Advice = ["systemctl (cat|edit) summit"],
                RunbookFails = true,
            },
            new(
                "unit-needs-a-missing-unit",
                $"sed -i '/^After/a Requires=postgresql.service' {Unit}; systemctl daemon-reload; systemctl stop summit",
                "502", "BackendNotRunning") { Says =
            [
                "requires postgresql.service, which does not exist",
            ], Advice = ["postgresql"], RunbookFails = true, Runbook = ["Next: .*postgresql.service"] },
            new(
                "unit-hangs-before-it-starts",
                $"sed -i '/^ExecStart/i ExecStartPre=/usr/bin/sleep 600' {Unit}; sed -i '/^ExecStart=/i TimeoutStartSec=infinity' {Unit}; "
                    + "systemctl daemon-reload; systemctl stop summit; systemctl start --no-block summit; sleep 1",
                "502", "BackendNotRunning")
            {
                Says = ["start-pre|ExecStartPre"],
                Advice = ["journalctl|systemctl (status|cat)"],
                RunbookFails = true,
            },
            new("unit-beside-a-pm2", $"systemctl stop summit; " + AsDeploy("pm2 start /srv/summit/ecosystem.config.js")
                + "; sleep 1; systemctl start summit; sleep 2", "101 hello", "None") { RunbookFails = false },
            new(
                "unit-behind-a-socket",
                $"sed -i 's#^ExecStart=.*#ExecStart=/usr/bin/false#' {Unit}; "
                    + "printf '[Socket]\\nListenStream=127.0.0.1:4000\\n[Install]\\nWantedBy=sockets.target\\n' "
                    + ">/etc/systemd/system/summit.socket; systemctl daemon-reload; systemctl stop summit; systemctl start summit.socket",
                "502", "BackendRestartLoop", "BackendNotRunning", "BackendNotListening",
                "BackendError") { Says = ["summit.socket|socket"] },
        }.Select(scenario => scenario with
        {
            Layout = "unit",
            Never = [.. scenario.Never, .. scenario.Name == "unit-beside-a-pm2" ? [] : new[] { "pm2 (start|restart|logs|list)" }],
        }),
    ];
}
