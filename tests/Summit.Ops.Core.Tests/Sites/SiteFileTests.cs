using Summit.Ops.Errors;
using Summit.Ops.Sites;

namespace Summit.Ops.Core.Tests.Sites;

public sealed class SiteFileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("summit-");

    [Fact]
    public void What_is_written_reads_back_the_same()
    {
        var site = new SummitSite
        {
            Name = "chat",
            ServerName = "chat.example.com",
            Port = 8443,
            ApiPath = "",
            PingInterval = TimeSpan.FromSeconds(25),
            NginxCommand = "docker exec web nginx",
            Suppressions = [new SummitSuppression
            {
                Id = "Nginx.LocationOrder", Owner = "ops", Reason = "prefix order does not matter", Expires = new DateOnly(2027, 1, 31),
            }],
        };
        var path = Path.Combine(_folder.FullName, "site.json");

        SiteFile.Write(site, path);
        var read = SiteFile.Read(path);

        Assert.Equal(site with { Suppressions = [] }, read with { Suppressions = [] });
        SiteFile.Write(new SummitSite(), path);
        Assert.Equal(new SummitSite(), SiteFile.Read(path));
        Assert.Equal(site.Suppressions, read.Suppressions);
        Assert.Equal(["site.json"], _folder.GetFiles().Select(file => file.Name));
    }

    [Fact]
    public void A_folder_may_be_written_with_a_closing_slash()
    {
        var site = SiteRules.Check(new SummitSite { NginxPrefix = "/opt/nginx/", Pm2Home = "/home/deploy/.pm2/" });

        Assert.Equal(("/opt/nginx", "/home/deploy/.pm2"), (site.NginxPrefix, site.Pm2Home));
    }

    [Theory]
    [InlineData("{\"ServerNaem\":\"x\"}", "SiteFileInvalid")]
    [InlineData("{", "SiteFileInvalid")]
    [InlineData("null", "SiteFileInvalid")]
    [InlineData("{\"Port\":70000}", "PortOutOfRange")]
    [InlineData("{\"WebSocketPath\":\"ws\"}", "SiteFieldInvalid")]
    public void A_file_that_is_no_site_is_refused(string content, string errorId)
    {
        var path = Path.Combine(_folder.FullName, "bad.json");
        File.WriteAllText(path, content);

        Assert.Equal(errorId, Assert.ThrowsAny<SummitException>(() => SiteFile.Read(path)).ErrorId);
    }

    [Fact]
    public void A_missing_file_is_named() => Assert.Equal(
        "SiteFileNotFound", Assert.Throws<SummitFileException>(() => SiteFile.Read(Path.Combine(_folder.FullName, "no.json"))).ErrorId);

    [Theory]
    [InlineData("x;y")]
    [InlineData("$(id)")]
    [InlineData("")]
    [InlineData("-x")]
    [InlineData("a b;")]
    public void A_hostile_server_name_is_refused(string name) => Assert.Equal(
        "SiteFieldInvalid", Assert.Throws<SummitArgumentException>(() => SiteRules.Check(new SummitSite { ServerName = name })).ErrorId);

    [Theory]
    [InlineData("/ws;")]
    [InlineData("/ws }")]
    [InlineData("ws")]
    [InlineData("/w\ns")]
    [InlineData("/ws?x")]
    public void A_hostile_path_is_refused(string path) => Assert.Equal(
        "SiteFieldInvalid", Assert.Throws<SummitArgumentException>(() => SiteRules.Check(new SummitSite { WebSocketPath = path })).ErrorId);

    public void Dispose() => _folder.Delete(recursive: true);
}
