using System.Text;
using Summit.Ops.Errors;
using Summit.Ops.Nginx;

namespace Summit.Ops.Core.Tests.Nginx;

public sealed class ReaderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("summit-nginx-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    [Fact]
    public void Includes_are_followed_in_byte_order_and_twice_is_no_cycle()
    {
        Write("conf.d/b.conf", "server { server_name b; include snippets/common.conf; }");
        Write("conf.d/B.conf", "server { server_name B; include snippets/common.conf; }");
        Write("conf.d/.hidden.conf", "server { server_name hidden; }");
        Write("snippets/common.conf", "location /ws { }");
        var main = Write("nginx.conf", "http { include conf.d/*.conf; include none/*.conf; }");
        var config = NginxConfigReader.FromFile(main, new LocalConfigFiles(), prefix: null);
        Assert.Equal(["B", "b"], config.Servers.Select(server => server.ServerNames[0]));
        Assert.All(config.Servers, server => Assert.Equal("/ws", Assert.Single(server.Locations).Path));
        Assert.Empty(config.Diagnostics);
        Assert.Equal(4, config.Files.Count);
    }

    [Fact]
    public void A_cycle_and_a_missing_file_are_diagnostics()
    {
        Write("a.conf", "include b.conf;");
        Write("b.conf", "include a.conf;");
        File.CreateSymbolicLink(Path.Combine(_folder, "broken.conf"), "/nowhere/at/all");
        var main = Write("nginx.conf", "include a.conf;\ninclude missing.conf;\ninclude brok*.conf;\nhttp { server { } }");
        var config = NginxConfigReader.FromFile(main, new LocalConfigFiles(), prefix: null);
        Assert.Equal(3, config.Diagnostics.Count);
        Assert.Contains("circle", config.Diagnostics[0].Message, StringComparison.Ordinal);
        Assert.Contains("missing.conf\" failed (2: No such file or directory)", config.Diagnostics[1].Message, StringComparison.Ordinal);
        Assert.Contains("broken.conf\" failed (2: No such file or directory)", config.Diagnostics[2].Message, StringComparison.Ordinal);
        Assert.Single(config.Servers);
    }

    [Fact]
    public void A_dump_is_read_with_its_includes()
    {
        const string dump =
            "nginx: the configuration file /etc/nginx/nginx.conf syntax is ok\n# configuration file /etc/nginx/nginx.conf:\nhttp {\n"
            + "    include sites-enabled/*;\n}\n\n" +
            "# configuration file /etc/nginx/sites-enabled/b:\nserver { server_name b; }\n# configuration file /not/included:\n"
            + "# just a comment\n\n" +
            "# configuration file /etc/nginx/sites-enabled/c:\nserver { server_name c; }\n\n";
        var config = NginxConfigReader.FromDump(dump);
        Assert.Equal(["b", "c"], config.Servers.Select(server => server.ServerNames[0]));
        Assert.Equal("/etc/nginx/nginx.conf", config.Path);
        Assert.Equal("server { server_name b; }\n# configuration file /not/included:\n# just a comment\n", config.Files[1].Text);
        Assert.Equal("/etc/nginx/sites-enabled/b", config.Servers[0].File);
        Assert.Empty(config.Diagnostics);
    }

    [Fact]
    public void What_is_no_configuration_is_refused()
    {
        Assert.Equal(
            SummitErrorKind.InvalidData, Assert.Throws<SummitFileException>(() => NginxConfigReader.FromBytes("/x", [1, 2, 0, 3])).Kind);
        var missing = Assert.Throws<SummitFileException>(
            () => NginxConfigReader.FromFile("/no/such/nginx.conf", new LocalConfigFiles(), prefix: null));
        Assert.Equal((SummitErrorKind.NotFound, "NginxConfigNotFound"), (missing.Kind, missing.ErrorId));
        Assert.Throws<SummitArgumentException>(() => NginxConfigReader.FromDump("hello"));
        Assert.Throws<SummitFileException>(() => NginxConfigReader.FromFile(_folder, new LocalConfigFiles(), prefix: null));
    }

    [Fact]
    public void An_empty_file_is_an_empty_config_with_a_warning()
    {
        var config = NginxConfigReader.FromBytes("/x", []);
        Assert.Equal((SummitSeverity.Warning, 0), (Assert.Single(config.Diagnostics).Severity, config.Servers.Count));
        Assert.Equal("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", config.Sha256);
    }

    [Fact]
    public void Bytes_that_are_no_utf8_survive()
    {
        byte[] bytes =
        [
            0xEF, 0xBB, 0xBF, .. Encoding.ASCII.GetBytes("server {\r\n server_name "), 0xE9, 0xFF, .. Encoding.ASCII.GetBytes(";\r\n}"),
        ];
        var config = NginxConfigReader.FromBytes("/x", bytes);
        Assert.Equal(bytes, config.ToBytes());
        Assert.Single(config.Servers);
        Assert.Contains("byte order mark", Assert.Single(config.Diagnostics).Message, StringComparison.Ordinal);
    }
}
