using System.Globalization;
using System.Text;

namespace Summit.Ops.Benchmarks;

/// <summary>
/// A large configuration like those that hosting machines have: many servers, some locations each, the guide's directives in them.
/// </summary>
internal static class GeneratedConfig
{
    /// <summary>About so many lines; 360,000 lines are about 14 MB.</summary>
    public static byte[] Make(int lines)
    {
        var text = new StringBuilder(lines * 42);
        text.Append("worker_processes auto;\nevents {\n    worker_connections 1024;\n}\nhttp {\n    include mime.types;\n"
            + "    map $http_upgrade $connection_upgrade {\n        default upgrade;\n        ''      close;\n    }\n");
        var line = 10;
        for (var server = 0; line < lines; server++)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"\n    # site {server}\n    server {{\n        listen 443 ssl;\n"
                    + $"        server_name site{server}.example.com www.site{server}.example.com;\n"
                    + $"        ssl_certificate /etc/letsencrypt/live/site{server}/fullchain.pem;\n"
                    + $"        ssl_certificate_key /etc/letsencrypt/live/site{server}/privkey.pem;\n");
            line += 7;
            for (var location = 0; location < 4; location++, line += 14)
            {
                text.Append(
                    CultureInfo.InvariantCulture,
                    $"\n        location /app{location} {{\n            proxy_pass http://10.0.{server % 256}.{location}:4000;\n"
                        + $"            proxy_http_version 1.1;\n            # upgrade headers\n"
                        + $"            proxy_set_header Upgrade $http_upgrade;\n            proxy_set_header Connection \"upgrade\";\n");
                text.Append("            proxy_set_header Host $host;\n            proxy_set_header X-Real-IP $remote_addr;\n"
                    + "            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;\n            proxy_read_timeout 86400;\n"
                    + "            proxy_buffering off;\n        }\n");
            }

            text.Append("    }\n");
            line++;
        }

        return Encoding.ASCII.GetBytes(text.Append("}\n").ToString());
    }

    /// <summary>One server with so many locations.</summary>
    public static byte[] MakeLocations(int count)
    {
        var text = new StringBuilder("server {\n    listen 443 ssl;\n    server_name x.test;\n");
        for (var i = 0; i < count; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"    location /app/{i}/ {{\n        proxy_pass http://10.0.0.1:4000;\n    }}\n");
        }

        text.Append("    location /ws {\n        proxy_pass http://10.0.0.1:4000;\n        proxy_http_version 1.1;\n"
            + "        proxy_set_header Upgrade $http_upgrade;\n        proxy_set_header Connection upgrade;\n    }\n}\n");
        return Encoding.ASCII.GetBytes(text.ToString());
    }
}
