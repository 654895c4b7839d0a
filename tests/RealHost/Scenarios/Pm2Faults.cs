namespace Summit.Ops.RealHost.Tests;

internal static partial class Scenarios
{
    /// <summary>pm2 as people have it: under another account, its daemon gone, its port another one.</summary>
    private static Scenario[] Pm2Faults =>
    [
        new("healthy", "true", "101 hello", "None") { RunbookFails = false, Never = ["1006"] },
        new("healthy-german", "true", "101 hello", "None") { Account = "admin", RunbookFails = false },
        new("pm2-stopped", AsDeploy("pm2 stop summit"), "502", "BackendNotRunning")
        {
            Advice = ["Restart-SummitBackend"], After = "101 hello", RunbookFails = true, Runbook = ["deploy", "Next: "],
        },
        new("pm2-stopped-seen-by-a-sudoer", AsDeploy("pm2 stop summit"), "502", "BackendNotRunning") { Account = "admin", Advice = ["Restart-SummitBackend"], After = "101 hello" },
        new("pm2-daemon-gone", "systemctl stop pm2-deploy", "502", "BackendNotRunning")
        {
            Advice = [@"systemctl start pm2-deploy|pm2 resurrect|Restart-SummitBackend"], Never = ["(?<!deploy.*)pm2 start"], After = "101 hello", RunbookFails = true, Runbook = ["pm2-deploy|resurrect"],
        },
        new("pm2-killed-by-its-owner", AsDeploy("pm2 kill"), "502", "BackendNotRunning") { Advice = [@"systemctl (re)?start pm2-deploy|pm2 resurrect|Restart-SummitBackend"], After = "101 hello" },
        new("pm2-daemon-gone-no-unit", "systemctl disable --now pm2-deploy; rm /etc/systemd/system/pm2-deploy.service; systemctl daemon-reload; cd /root", "502", "BackendNotRunning")
        {
            Advice = ["pm2 resurrect|Restart-SummitBackend", "deploy"], After = "101 hello",
        },
        new("pm2-daemon-gone-no-dump", "systemctl disable --now pm2-deploy; rm /etc/systemd/system/pm2-deploy.service /home/deploy/.pm2/dump.pm2*; systemctl daemon-reload", "502", "BackendNotRunning")
        {
            Says = ["no dump|nothing to resurrect|dump"], Advice = ["deploy"],
        },
        new("pm2-process-deleted", AsDeploy("pm2 delete summit"), "502", "BackendNotRunning", "BackendNotListening") { Advice = ["deploy"], After = "101 hello" },
        new("pm2-wrong-port", "sed -i s/4000/4001/ /srv/summit/ecosystem.config.js; " + AsDeploy("pm2 delete summit; pm2 start /srv/summit/ecosystem.config.js"), "502", "BackendNotListening", "BackendWrongAddress", "NginxUpstreamMismatch")
        {
            Says = ["4001"], Advice = ["400[01]"], RunbookFails = true, Runbook = ["4001"],
        },
        new("pm2-crash-loop", "echo 'throw new Error(\"no database\")' >>/srv/summit/server.js; " + AsDeploy("pm2 restart summit"), "502", "BackendRestartLoop")
        {
            Says = ["no database"], Advice = ["deploy|BackendLog"], RunbookFails = true,
        },
        new("pm2-under-nvm", "v=/home/deploy/.nvm/versions/node/v18/bin; systemctl stop pm2-deploy; mkdir -p $v && cp /usr/bin/node $v/node && mkdir -p $v/../lib && cp -a /usr/lib/node_modules $v/../lib/ && ln -s ../lib/node_modules/pm2/bin/pm2 $v/pm2 && chown -R deploy: /home/deploy/.nvm && mv /usr/bin/node /usr/bin/node.away && mv /usr/bin/pm2 /usr/bin/pm2.away; runuser -u deploy -- env HOME=/home/deploy PATH=$v:/usr/bin:/bin sh -c 'cd /home/deploy && pm2 resurrect && pm2 stop summit'", "502", "BackendNotRunning")
        {
            Advice = ["Restart-SummitBackend"], After = "101 hello",
        },
        new("pm2-cluster", AsDeploy("pm2 delete summit; pm2 start /srv/summit/server.js --name summit -i 2"), "101 hello", "None") { RunbookFails = false },
        new("pm2-cluster-stopped", AsDeploy("pm2 delete summit; pm2 start /srv/summit/server.js --name summit -i 2; pm2 stop summit"), "502", "BackendNotRunning") { Advice = ["Restart-SummitBackend"], After = "101 hello" },
        new("backend-on-another-address", "sed -i 's/PORT: 4000/PORT: 4000, HOST: \"10.20.0.5\"/' /srv/summit/ecosystem.config.js; " + AsDeploy("pm2 delete summit; pm2 start /srv/summit/ecosystem.config.js"), "502", "BackendWrongAddress") { Says = ["10.20.0.5"] },
        new("backend-hangs", "kill -STOP $(pgrep -f /srv/summit/server.js)", "timeout", "BackendTimeout", "BackendError"),
        new("no-live-upstreams", AsDeploy("pm2 stop summit") + "; for i in 1 2 3; do curl -sk -o /dev/null -H 'Host: summit-api.codingeverest.com' https://127.0.0.1/api; done; " + AsDeploy("pm2 restart summit"), "502", "None", "Unknown", "BackendNotListening", "BackendNotRunning")
        {
            Says = ["10 s|no live upstreams"],
        },
    ];
}
