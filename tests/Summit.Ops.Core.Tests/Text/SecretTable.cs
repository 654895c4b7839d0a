namespace Summit.Ops.Core.Tests.Text;

/// <summary>Texts with a secret as logs, configurations and servers write them: one table for every output.</summary>
public static class SecretTable
{
    private const string Key = "-----BEGIN RSA PRIVATE KEY-----\nMIIhunter2hunter2\nhunter2hunter2==\n-----END RSA PRIVATE KEY-----";

    /// <summary>Each text, and the parts of it that must be in no output.</summary>
    public static TheoryData<string, string> Rows => new()
    {
        { "WebSocket auth error for bob password=hunter2hunter2", "hunter2hunter2" },
        { "WebSocket error: Authorization: Bearer hunter2hunter2", "hunter2hunter2" },
        { "WebSocket error authorization: Basic Ym9iOmh1bnRlcjI=", "Ym9iOmh1bnRlcjI" },
        { "WebSocket error: retrying with Basic Ym9iOmh1bnRlcjI=", "Ym9iOmh1bnRlcjI" },
        { "WebSocket error: retrying with bearer hunter2hunter2", "hunter2hunter2" },
        { "WebSocket error jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abcdefgh", "eyJzdWIiOiIxIn0" },
        { "WebSocket error for AKIAABCDEFGHIJKLMNOP", "AKIAABCDEFGHIJKLMNOP" },
        { "WebSocket error GET /ws?token=hunter2&x=1 500", "hunter2" },
        { "WebSocket error at wss://bob:hunter2@host/ws", "hunter2" },
        { "WebSocket error {\"accessToken\":\"hunter2\",\"x\":1}", "hunter2" },
        { "WebSocket error {\"msg\":\"{\\\"password\\\":\\\"hunter2\\\"}\"}", "hunter2" },
        { "WebSocket error {\"password\": 42424242}", "42424242" },
        { "WebSocket error { cookie: 'a=b; sid=hunter2', x: 1 }", "hunter2" },
        { "WebSocket error Cookie: a=hunter1; sid=hunter2", "hunter1,hunter2" },
        { "WebSocket error Set-Cookie: sid=hunter2; Path=/", "hunter2" },
        { "WebSocket error { authorization: 'Bearer letters' }", "letters" },
        { "WebSocket error x-api-key: hunter2", "hunter2" },
        { "WebSocket error { password: 'hun\\'ter2' }", "ter2" },
        { "WebSocket error password => \"hunter two\"", "hunter,two" },
        { "WebSocket error DB_PASSWORD=hun&ter,2", "hun,ter,2" },
        { "WebSocket error ran: deploy --token hunter2", "hunter2" },
        { "WebSocket error ran: curl -sf -H 'Authorization: Bearer hunter2' https://x/", "hunter2" },
        { "WebSocket error ran: curl -u bob:hunter2 https://x/", "hunter2" },
        { "WebSocket error AWS_SECRET_ACCESS_KEY=hunter2/hunter2+x", "hunter2" },
        { "WebSocket error " + Key, "hunter2hunter2" },
        { "WebSocket error ghp_0123456789abcdefghijABCDEFGHIJ0123456789", "abcdefghij" },
        { "WebSocket error github_pat_11ABCDEFG0123456789_abcdefghij0123456789", "abcdefghij" },
        { "WebSocket error key AIzaSyA0123456789abcdefghijABCDEFGHIJ01", "abcdefghij" },
        { "WebSocket error sk_live_0123456789abcdefghij", "abcdefghij" },
        { "WebSocket error glpat-0123456789abcdefghij", "abcdefghij" },
        { "WebSocket error npm_0123456789abcdefghijABCDEFGHIJ012345", "abcdefghij" },
        { "WebSocket error posted to https://hooks.slack.com/services/T0000/B0000/hunter2hunter2", "hunter2" },
        { "WebSocket error posted to discord.com/api/webhooks/123456/hunter2-hunter2", "hunter2" },
        { "WebSocket error Sec-WebSocket-Protocol: access_token, hunter2", "hunter2" },
        { "WebSocket error sec-websocket-protocol: 'v1, bearer, hunter2'", "hunter2" },
        { "WebSocket error Sec-WebSocket-Protocol: v4.channel.k8s.io, base64url.bearer.authorization.k8s.io.aHVudGVyMg", "aHVudGVyMg" },
        { "WebSocket error bindpw hunter2x bindpw=hunter2y", "hunter2y" },
        { "WebSocket error cookie jar sessionid=hunter2; x=1", "hunter2" },
        { "WebSocket error GET /ws?t=hunter2 403", "hunter2" },
        { "WebSocket error: the secret is hunter2", "hunter2" },
        { "WebSocket error: the secret is swordfish", "swordfish" },
        { "WebSocket error: passphrase \"hunter two\" refused", "hunter" },
        { "WebSocket error: the token is hunter2hunter2", "hunter2" },
    };

    /// <summary>What looks like one and is none.</summary>
    public static TheoryData<string> Harmless =>
    [
        "Sec-WebSocket-Protocol: graphql-transport-ws, v12.stomp, mqtt", "Unexpected token 'h', is not valid JSON",
        "Unexpected token < in JSON at position 0",
        "the secret is missing", "password was wrong.", "the token was expired", "inside=1 outside=2",
        "Basic a/b12345 of WebSockets", "Basic authentication is off", "bearer authentication failed",
        "WWW-Authenticate: Bearer realm=\"summit\"",
        "Upgrade: websocket", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
        "ssl_certificate /etc/letsencrypt/live/x/fullchain.pem;",
        "ssl_certificate_key /etc/letsencrypt/live/x/privkey1.pem;", "auth_basic_user_file /etc/nginx/htpasswd1;",
        "proxy_set_header Authorization $http_authorization;", "proxy_set_header Upgrade $http_upgrade;",
        "proxy_set_header X-Token \"\";", "proxy_cookie_path / /ws1;",
        "if ($arg_token = \"\") { return 401; }", "if ($arg_token != abc123) { return 401; }",
        "location /authorization {\n return 204;\n}", "location ~ ^/(?<token>[a-z0-9]+)/ws$ {",
        "limit_req_zone $cookie_sid zone=one:10m rate=1r/s;",
        "log_format x '$remote_addr token=$arg_token \"$http_cookie\"';", "Error: invalid token: expired",
        "token: missing", "password=none", "token_type: bearer", "tokenExpires=1764000000",
        "WebSocket closed: #3 1006, code: 1006",
        "connect() failed (111: Connection refused) while connecting to upstream, upstream: \"http://127.0.0.1:4000/ws\"",
        "$token = Read-Host -AsSecureString; Test-SummitWebSocket -Uri wss://x/ws -Token $token",
        "docker run -u 1000:1000 web", "the password is wrong", "GET /ws?x=1 101", "secretFile=/etc/x/secret1.txt",
    ];
}
