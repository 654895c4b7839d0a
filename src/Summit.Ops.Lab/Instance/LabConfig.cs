namespace Summit.Ops.Lab;

/// <summary>The configuration files of a lab, written as a person would: what the scenarios put on the disk.</summary>
/// <remarks>None of it comes from the module's own generator, so that the one is tested against the other.</remarks>
public sealed class LabConfig
{
    private readonly LabInstance _lab;

    internal LabConfig(LabInstance lab) => _lab = lab;

    /// <summary>The locations of the guide: <c>/ws</c> with all it asks for, then <c>/api</c>.</summary>
    public string ExpectedLocations => WebSocketLocation() + "\n" + ApiLocation;

    /// <summary>A location for the API.</summary>
    public string ApiLocation => $$"""
            location /api {
                proxy_pass http://127.0.0.1:{{_lab.BackendPort}};
                proxy_http_version 1.1;
                proxy_set_header Host $host;
                proxy_set_header X-Real-IP $remote_addr;
                proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
                proxy_set_header X-Forwarded-Proto $scheme;
            }

        """;

    /// <summary>The guide's location for the WebSocket.</summary>
    /// <param name="port">The backend's port; null for the right one.</param>
    /// <param name="connection">The value of the Connection header, as written.</param>
    /// <param name="upgrade">Whether the two upgrade headers are there.</param>
    /// <param name="buffering">Whether buffering is left on.</param>
    public string WebSocketLocation(int? port = null, string connection = "\"upgrade\"", bool upgrade = true, bool buffering = false)
    {
        var headers = upgrade
            ? $"""

                    # CRITICAL: WebSocket upgrade headers
                    proxy_set_header Upgrade $http_upgrade;
                    proxy_set_header Connection {connection};
            
            """
            : "";
        var off = buffering
            ? ""
            : """

                    # CRITICAL: Disable buffering
                    proxy_buffering off;
                    proxy_cache off;

            """;
        return $$"""
                location /ws {
                    proxy_pass http://127.0.0.1:{{port ?? _lab.BackendPort}};
                    proxy_http_version 1.1;
            {{headers}}
                    # Standard headers
                    proxy_set_header Host $host;
                    proxy_set_header X-Real-IP $remote_addr;
                    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
                    proxy_set_header X-Forwarded-Proto $scheme;

                    # WebSocket timeouts
                    proxy_read_timeout 86400;
                    proxy_send_timeout 86400;
            {{off}}    }

            """;
    }

    /// <summary>A whole site file with these locations.</summary>
    /// <param name="locations">What stands in the server block.</param>
    /// <param name="before">What stands before it, in <c>http</c>.</param>
    public string Site(string locations, string before = "") => $$"""
        # {{_lab.Site.Name}}: WebSocket and API behind TLS
        {{before}}server {
            listen 127.0.0.1:{{_lab.Port}} ssl;
            server_name {{_lab.ServerName}};

            ssl_certificate {{_lab.CertificatePath}};
            ssl_certificate_key {{_lab.CertificateKeyPath}};

        {{locations}}}

        """;

    /// <summary>A site file that a person began and certbot went on with: the API only.</summary>
    public string Certbot() => $$"""
        # {{_lab.Site.Name}}, by hand, 2024-03: the API behind nginx.
        # Ask the backend people before you touch the port!

        server {
            server_name {{_lab.ServerName}};   # public name

            # REST API
            location /api {
                proxy_pass   http://127.0.0.1:{{_lab.BackendPort}};
                proxy_set_header Host       $host;
                proxy_set_header X-Real-IP  $remote_addr;
                # proxy_set_header Upgrade $http_upgrade;   # tried once, did not help
            }

            listen 127.0.0.1:{{_lab.Port}} ssl; # managed by Certbot
            ssl_certificate {{_lab.CertificatePath}}; # managed by Certbot
            ssl_certificate_key {{_lab.CertificateKeyPath}}; # managed by Certbot
            include {{Path.Combine(_lab.NginxPrefix, "options-ssl-nginx.conf")}}; # managed by Certbot

        }

        server {
            if ($host = {{_lab.ServerName}}) {
                return 301 https://$host:{{_lab.Port}}$request_uri;
            } # managed by Certbot


            listen 127.0.0.1:{{_lab.HttpPort}};
            server_name {{_lab.ServerName}};
            return 404; # managed by Certbot


        }

        """;

    /// <summary>What certbot includes from each site.</summary>
    internal const string CertbotOptions = """
        # This file contains important security parameters. If you modify this file
        # manually, Certbot will be unable to automatically provide future security updates.

        ssl_session_cache shared:le_nginx_SSL:1m;
        ssl_session_timeout 1440m;
        ssl_session_tickets off;

        ssl_protocols TLSv1.2 TLSv1.3;
        ssl_prefer_server_ciphers off;

        """;

    /// <summary>The main file: Debian's, with paths of the instance, and a default server that knows nothing.</summary>
    internal string Main(string? user) => $$"""
        {{(user is null ? "" : $"user {user};\n")}}worker_processes {{LabNginx.WorkerCount}};
        pid {{_lab.Layout.PidFile}};
        error_log {{_lab.Layout.Logs}}/error.log;

        events {
            worker_connections 256;
        }

        http {
            sendfile on;
            tcp_nopush on;
            types_hash_max_size 2048;
            types {
                text/html html htm;
                text/css css;
                application/javascript js;
                application/json json;
            }
            default_type application/octet-stream;

            client_body_temp_path {{_lab.NginxPrefix}}/tmp/body;
            proxy_temp_path {{_lab.NginxPrefix}}/tmp/proxy;
            fastcgi_temp_path {{_lab.NginxPrefix}}/tmp/fastcgi;
            uwsgi_temp_path {{_lab.NginxPrefix}}/tmp/uwsgi;
            scgi_temp_path {{_lab.NginxPrefix}}/tmp/scgi;

            ssl_protocols TLSv1.2 TLSv1.3;
            ssl_prefer_server_ciphers on;

            access_log {{_lab.Layout.Logs}}/access.log;
            gzip on;

            server {
                listen 127.0.0.1:{{_lab.Port}} ssl default_server;
                server_name _;
                ssl_certificate {{_lab.CertificatePath}};
                ssl_certificate_key {{_lab.CertificateKeyPath}};
                root {{_lab.NginxPrefix}}/html;
                index index.html;

                location / {
                    # First attempt to serve request as file, then as directory, then fall back to displaying a 404.
                    try_files $uri $uri/ =404;
                }
            }

            include {{_lab.Layout.Enabled}}/*;
        }

        """;
}
