using Summit.Ops.Core.Tests.Text;

namespace Summit.Ops.Core.Tests.Fuzzing;

/// <summary>Good inputs of each reader, and the words of its language.</summary>
internal static class FuzzSeeds
{
    public static readonly string[] Configurations =
    [
        """
        upstream app { server 127.0.0.1:4000 weight=2; server unix:/run/app.sock backup; keepalive 8; }
        map $http_upgrade $connection_upgrade { default upgrade; '' close; ~^web(?<kind>.*)$ $kind; }
        server {
            listen 443 ssl http2 default_server; listen [::]:443 ssl;
            server_name x.example.com *.example.com ~^w(?<n>\d+)\.example\.com$;
            ssl_certificate /etc/ssl/x.pem; ssl_certificate_key /etc/ssl/x.key;
            location = /ws {
                proxy_pass http://app; proxy_http_version 1.1;
                proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $connection_upgrade;
            }
            location ^~ /api { rewrite ^/api/(.*)$ /$1 break; proxy_pass http://127.0.0.1:4000; }
            location ~* \.(js|css)$ { expires 1d; try_files $uri =404; }
            location / { if ($args ~ "x=(.*)") { return 301 https://y/$1; } root "/var/www"; allow 10.0.0.0/8; deny all; }
        }
        """,
        "server { listen 80; server_name _; return 301 https://$host$request_uri; } # end\n"
            + "server { location /a/ { location /a/b { error_page 404 = @c; } } location @c { proxy_pass http://$upstream/x; "
            + "} set $upstream a; }",
        "geo $remote_addr $g { default 0; 10.0.0.0/8 1; } split_clients \"${remote_addr}x\" $v { 0.5% .one; "
            + "* \"\"; } limit_conn_zone $g zone=z:1m; server { listen 443 ssl; limit_conn z 1; "
            + "auth_request /auth; location /auth { internal; content_by_lua_block { ngx.say('}') } } }",
    ];

    public static readonly string[] Dumps =
    [
        "# configuration file /etc/nginx/nginx.conf:\nevents {}\nhttp { include /etc/nginx/conf.d/*.conf; include mime.types; }\n\n"
            + "# configuration file /etc/nginx/conf.d/x.conf:\n"
            + Configurations[0] + "\n# configuration file /etc/nginx/mime.types:\ntypes { text/html html; }\n",
        "# configuration file /etc/nginx/nginx.conf:\nhttp { include a; server { include b; include b; } }\n"
            + "# configuration file /etc/nginx/a:\ninclude c;\n# configuration file /etc/nginx/b:\nlisten 80;\n"
            + "# configuration file /etc/nginx/c:\ninclude a;\n",
    ];

    public static readonly string[] Directives =
    [
        "server {", "location ", "location ~ ^/(a+)+$ {", "include /etc/nginx/conf.d/*.conf;",
        "# configuration file /etc/nginx/x:\n", "proxy_pass http://", "if ($x = y) {", "rewrite ^(.*)$ /$1 last;",
        "map $a $b {",
        "${", "$1", "return 301 ", "listen ", "server_name ~^", "(?<n>", "{1,1000}", "(?=", "\\Q", "[[:alpha:]]",
        "try_files $uri $uri/ @x;", "error_page 502 = /x;", "internal;", "content_by_lua_block {", "--[[",
        "limit_except GET {",
    ];

    public static readonly string[] Answers =
    [
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Accept: HSmrc0sMlYUkAGmm5OPpG2HaGWk=\r\n\r\n\u0081\u0005hello\u0088\u0002\u0003\u00e8",
        "HTTP/1.1 502 Bad Gateway\r\nServer: nginx/1.22.1\r\nContent-Type: text/html\r\nContent-Length: 12\r\n\r\n<html></html>",
        "HTTP/1.1 301 Moved\r\nLocation: https://x/ws/\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        "HTTP/1.0 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic\r\nSet-Cookie: a=b\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Accept: HSmrc0sMlYUkAGmm5OPpG2HaGWk=\r\n\r\n"
            + "\u0001\u007e\u0001\u0000\u0080\u0003abc\u0089\u0000\u008a\u007d\u0082\u007f\u0000\u0000\u0000\u0000\u0000\u0001\u0000\u0000",
    ];

    public static readonly string[] Headers =
    [
        "\r\n\r\n", "Content-Length: ", "Transfer-Encoding: chunked\r\n", "Sec-WebSocket-Protocol: ",
        "Sec-WebSocket-Extensions: permessage-deflate\r\n", "Content-Encoding: gzip\r\n", "\u0088\u0080", "\u0081\u00fe", "\u00ff\u00ff",
        "HTTP/1.1 ", "100 Continue\r\n",
    ];

    public static readonly string[] Firewalls =
    [
        """
        {"nftables":[{"metainfo":{"version":"1.0.6"}},{"table":{"family":"inet","name":"filter","handle":1}},
        {"chain":{"family":"inet","table":"filter","name":"input","handle":1,"type":"filter","hook":"input","prio":0,"policy":"drop"}},
        {"set":{"family":"inet","name":"office","table":"filter","type":"ipv4_addr","elem":[
        {"prefix":{"addr":"198.51.100.0","len":25}},{"range":["198.51.100.200","198.51.100.207"]}]}},
        {"rule":{"family":"inet","table":"filter","chain":"input","handle":3,"expr":[
        {"match":{"op":"==","left":{"payload":{"protocol":"tcp","field":"dport"}},"right":{"set":[80,443,{"range":[8000,8010]}]}}},
        {"match":{"op":"in","left":{"ct":{"key":"state"}},"right":["established","related"]}},{"jump":{"target":"web"}}]}},
        {"chain":{"family":"inet","table":"filter","name":"web"}},
        {"rule":{"family":"inet","table":"filter","chain":"web","expr":[
        {"vmap":{"key":{"meta":{"key":"iifname"}},"data":{"set":[["lo",{"accept":null}]]}}},{"accept":null}]}}]}
        """,
        "*filter\n:INPUT DROP [0:0]\n:FORWARD ACCEPT [0:0]\n:web - [0:0]\n-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\n"
            + "-A INPUT -s 198.51.100.0/25 -p tcp -m multiport --dports 80,443,8000:8010 -j web\n-A INPUT -i lo -j ACCEPT\n"
            + "-A web ! -s 10.0.0.0/8 -p tcp -m tcp --dport 443 -j REJECT --reject-with icmp-port-unreachable\n-A web -j RETURN\nCOMMIT\n"
            + "*nat\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -p tcp --dport 443 -j REDIRECT --to-ports 8443\nCOMMIT\n",
    ];

    public static readonly string[] Rules =
    [
        "-A INPUT ", "-j ", "-s ", "--dport ", "-m set --match-set x src ", ":INPUT DROP [0:0]\n", "COMMIT\n",
        "*filter\n", "\"jump\":{\"target\":\"input\"}", "\"goto\":{\"target\":\"web\"}", "\"drop\":null", "\"match\":{",
        "\"prefix\":{\"addr\":\"::\",\"len\":200}",
        "{\"range\":[9,1]}", "\"right\":", "255.255.255.255/33", "::ffff:1.2.3.4/129", "! ",
    ];

    public static readonly string[] Managers =
    [
        """[{"name":"summit","pid":4711,"pm2_env":{"status":"online","restart_time":3,"pm_uptime":1764000000000,"exec_mode":"cluster_"""
            + """mode","pm_cwd":"/srv/app","pm_out_log_path":"/x/out.log","pm_err_log_path":"/x/err.log"}"""
            + ""","monit":{"memory":12345678,"cpu":0.3}}]""",
        "Id=summit.service\nLoadState=loaded\nActiveState=active\nSubState=running\nMainPID=42\nNRestarts=0\nExecMainStatus=0\n"
            + "Result=success\nWorkingDirectory=!/srv\n",
        "{\"__REALTIME_TIMESTAMP\":\"1764000000000000\",\"MESSAGE\":\"WebSocket error\"}\n"
            + "{\"MESSAGE\":[87,101,98],\"__REALTIME_TIMESTAMP\":\"x\"}\n",
        "2026-11-29T08:00:00.123Z listening\n[2026-11-29 08:00:00 +01:00] error\n   at stack (x.js:1:1)\n",
        "0100007F:0FA0 1234\n00000000000000000000000001000000:01BB 99\n"
            + "1 (nginx) S 0 1 1 0 -1 4194560 0 0 0 0 0 0 0 0 20 0 1 0 100\tnginx: master process\ntcp4 0 0 127.0.0.1.4000 *.* LISTEN\n"
            + " 12 1 root nginx: worker process\n",
    ];

    public static readonly string[] Secrets =
    [.. SecretTable.Rows.Select(row => row.Data.Item1), .. SecretTable.Harmless.Select(row => row.Data)];

    public static readonly string[] SecretWords =
    [
        "token=", "password: ", "Authorization: Bearer ", "eyJ", "eyJhbGciOiJIUzI1NiJ9.", "-----BEGIN PRIVATE KEY-----",
        "-----END ", "curl -u ", "https://", "?t=", "set $token", "proxy_set_header ", "Sec-WebSocket-Protocol: ",
        "secret is ", "\\\"", "&", "=", "Cookie: ",
        "--token ", "hooks.slack.com/services/", "sk_live_", "Basic ", "$http_", "***",
    ];
}
