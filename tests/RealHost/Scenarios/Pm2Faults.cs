namespace Summit.Ops.RealHost.Tests;

internal static partial class Scenarios
{
    /// <summary>pm2 as people have it: under another account, its daemon gone, its port another one.</summary>
    internal static Scenario[] Pm2Faults =>
    [
        new("healthy", "true", "101 hello", "None") { RunbookFails = false, Never = ["1006"] },
        new("healthy-german", "true", "101 hello", "None") { Account = "admin", Locale = "de_DE.UTF-8", RunbookFails = false },
        new("healthy-turkish", "true", "101 hello", "None") { Locale = "tr_TR.UTF-8", RunbookFails = false },
        new("pm2-stopped-turkish", AsDeploy("pm2 stop summit"), "502", "BackendNotRunning")
        {
            Locale = "tr_TR.UTF-8", Advice = ["Restart-SummitBackend"], After = "101 hello", RunbookFails = true, Runbook = ["deploy"],
        },
        new("pm2-stopped", AsDeploy("pm2 stop summit"), "502", "BackendNotRunning")
        {
            Advice = ["Restart-SummitBackend"], After = "101 hello", RunbookFails = true, Runbook = ["deploy", "Next: "],
        },
        new("pm2-stopped-seen-by-a-sudoer", AsDeploy("pm2 stop summit"), "502",
            "BackendNotRunning") { Account = "admin", Advice = ["Restart-SummitBackend"], After = "101 hello" },
        new("pm2-daemon-gone", "systemctl stop pm2-deploy", "502", "BackendNotRunning")
        {
            Advice = [@"systemctl start pm2-deploy|pm2 resurrect|Restart-SummitBackend"],
            Never = ["(?<!deploy.*)pm2 start"], After = "101 hello", RunbookFails = true,
            Runbook = ["pm2-deploy|resurrect"],
        },
        new("pm2-killed-by-its-owner", AsDeploy("pm2 kill"), "502",
            "BackendNotRunning") { Advice = [@"systemctl (re)?start pm2-deploy|pm2 resurrect|Restart-SummitBackend"], After = "101 hello" },
        new(
            "pm2-daemon-gone-no-unit",
            "systemctl disable --now pm2-deploy; rm /etc/systemd/system/pm2-deploy.service; systemctl daemon-reload; cd /root",
            "502", "BackendNotRunning")
        {
            Advice = ["pm2 resurrect|Restart-SummitBackend", "deploy"], After = "101 hello",
        },
        new("pm2-daemon-gone-no-dump", "systemctl disable --now pm2-deploy; rm /etc/systemd/system/pm2-deploy.service "
            + "/home/deploy/.pm2/dump.pm2*; systemctl daemon-reload", "502", "BackendNotRunning")
        {
            Says = ["no dump|nothing to resurrect|dump"], Advice = ["deploy"],
        },
        new("pm2-process-deleted", AsDeploy("pm2 delete summit"), "502", "BackendNotRunning",
            "BackendNotListening") { Advice = ["deploy"], After = "101 hello" },
        new("pm2-wrong-port", "sed -i s/4000/4001/ /srv/summit/ecosystem.config.js; "
            + AsDeploy("pm2 delete summit; pm2 start /srv/summit/ecosystem.config.js"), "502", "BackendNotListening",
            "BackendWrongAddress", "NginxUpstreamMismatch")
        {
            Says = ["4001"], Advice = ["400[01]"], RunbookFails = true, Runbook = ["4001"],
        },
        new("pm2-crash-loop", "echo 'throw new Error(\"no database\")' >>/srv/summit/server.js; " + AsDeploy("pm2 restart summit"), "502",
            "BackendRestartLoop")
        {
            Says = ["no database"], Advice = ["deploy|BackendLog"], RunbookFails = true,
        },
        // started as its owner does: pm2 keeps the PATH of that shell for each later start
        new("pm2-under-nvm", "v=/home/deploy/.nvm/versions/node/v18/bin; systemctl stop pm2-deploy; "
            + "mkdir -p $v && cp /usr/bin/node $v/node && mkdir -p $v/../lib && cp -a /usr/lib/node_modules $v/../lib/ && ln -s "
            + "../lib/node_modules/pm2/bin/pm2 $v/pm2 && chown -R deploy: /home/deploy/.nvm && mv /usr/bin/node /usr/bin/node.away && mv "
            + "/usr/bin/pm2 /usr/bin/pm2.away; runuser -u deploy -- env HOME=/home/deploy PATH=$v:/usr/bin:/bin sh -c 'cd /home/deploy && "
            + "pm2 start /srv/summit/ecosystem.config.js && pm2 save --force && pm2 stop summit'", "502", "BackendNotRunning")
        {
            Advice = ["Restart-SummitBackend"], After = "101 hello",
        },
        new("pm2-cluster", AsDeploy("pm2 delete summit; pm2 start /srv/summit/server.js --name summit -i 2"), "101 hello",
            "None") { RunbookFails = false },
        new("pm2-cluster-stopped", AsDeploy("pm2 delete summit; pm2 start /srv/summit/server.js --name summit -i 2; pm2 stop summit"),
            "502", "BackendNotRunning") { Advice = ["Restart-SummitBackend"], After = "101 hello" },
        new("backend-on-another-address", "sed -i 's/PORT: 4000/PORT: 4000, HOST: \"10.20.0.5\"/' /srv/summit/ecosystem.config.js; "
            + AsDeploy("pm2 delete summit; pm2 start /srv/summit/ecosystem.config.js")
            + "; for i in $(seq 100); do ! ss -tlnH | grep -q '10.20.0.5:4000 ' || break; sleep 0.1; done", "502",
            "BackendWrongAddress") { Says = ["10.20.0.5"], RunbookFails = true, Runbook = ["Next: .*10.20.0.5:4000"] },
        new("backend-hangs", "kill -STOP $(pgrep -f /srv/summit/server.js)", "timeout", "BackendTimeout", "BackendError"),
        new("pm2-not-started-by-a-boot", "systemctl disable pm2-deploy", "101 hello",
            "None") { Says = ["Host.Boot Fail Warning.*pm2-deploy.*disabled.*systemctl enable pm2-deploy"], RunbookFails = false },
        new("pm2-without-a-unit", "systemctl disable --now pm2-deploy; rm /etc/systemd/system/pm2-deploy.service; systemctl daemon-reload; "
            + AsDeploy("pm2 resurrect"), "101 hello", "None") { Says = ["Host.Boot Fail Warning.*pm2 startup"], RunbookFails = false },
        new("pm2-of-root-beside-it", AsDeploy("pm2 stop summit") + "; cd /srv/summit; HOME=/root pm2 start ecosystem.config.js; sleep 1; "
            + AsDeploy("pm2 start summit") + "; sleep 2", "101 hello", "None") { Never = ["pm2 (delete|kill)"], RunbookFails = false },
        // what one `sudo pm2` leaves, after a reboot: two dumps of the name, and only one of them has a unit that starts it
        new(
            "pm2-folder-of-root-left",
            "cd /srv/summit; export HOME=/root; systemctl stop pm2-deploy; pm2 start ecosystem.config.js; pm2 save; pm2 kill",
            "502", "BackendNotRunning")
        {
            Advice = ["Restart-SummitBackend.*deploy|pm2-deploy"], After = "101 hello", RunbookFails = true, Runbook = ["deploy"],
        },
        new("pm2-port-taken-by-another", AsDeploy("pm2 stop summit")
            + "; systemd-run --quiet --unit=stats --collect --uid=bob python3 -m http.server 4000; "
            + "for i in $(seq 50); do ! ss -tlnH | grep -q ':4000 ' || break; sleep 0.1; done; "
            + AsDeploy("pm2 start summit")
            + "; sleep 3", "404", "BackendNotRunning", "BackendRestartLoop", "BackendError", "BackendPortTaken")
        {
            Says = ["python3"], Advice = ["stats|python3"], RunbookFails = true, Runbook = ["python3|stats"],
        },
        new("pm2-script-gone", "mv /srv/summit/server.js /srv/summit/old.js; " + AsDeploy("pm2 restart summit") + "; sleep 2", "502",
            "BackendRestartLoop",
            "BackendNotRunning") { Says = ["server.js"], Advice = ["pm2 logs|BackendLog|server.js"], RunbookFails = true },
        new("pm2-under-another-name-stopped",
            AsDeploy("pm2 delete summit; pm2 start /srv/summit/server.js --name api; pm2 save; pm2 stop api"), "502",
            "BackendNotRunning") { Says = ["api"], Advice = ["api"], After = "101 hello" },
        new("no-live-upstreams", AsDeploy("pm2 stop summit")
            + "; for i in 1 2 3; do curl -sk -o /dev/null -H 'Host: summit-api.codingeverest.com' https://127.0.0.1/api; done; "
            + AsDeploy("pm2 restart summit"), "502", "None", "Unknown", "BackendNotListening", "BackendNotRunning")
        {
            Says = ["10 s|no live upstreams"],
        },
    ];
}
