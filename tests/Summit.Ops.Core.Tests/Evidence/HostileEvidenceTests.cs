using System.Text.Json.Nodes;
using Summit.Ops.Errors;
using Summit.Ops.Evidence;
using Summit.Ops.Hosts;

namespace Summit.Ops.Core.Tests.Evidence;

/// <summary>Evidence that lacks what is read of it, or holds what a terminal would obey.</summary>
public sealed class HostileEvidenceTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("summit-evidence-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("Host.Sections")]
    [InlineData("Host.Target")]
    [InlineData("Site")]
    [InlineData("Target")]
    [InlineData("Hops")]
    public void What_is_missing_is_named(string path)
    {
        var file = Write(tree =>
        {
            var at = tree;
            var parts = path.Split('.');
            foreach (var part in parts[..^1]) at = at[part]!.AsObject();
            at.Remove(parts[^1]);
        });
        var error = Assert.Throws<SummitFileException>(() => EvidenceFile.Read(file));
        Assert.Equal("EvidenceInvalid", error.ErrorId);
        Assert.Contains("does not have", error.Message);
    }

    [Theory]
    [InlineData("{\"Sections\": 1}")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{\"Site\":{\"Port\":\"x\"}}")]
    public void What_is_no_evidence_is_refused(string text)
    {
        var file = Path.Combine(_folder, "evidence.json");
        File.WriteAllText(file, text);
        Assert.Equal("EvidenceInvalid", Assert.Throws<SummitFileException>(() => EvidenceFile.Read(file)).ErrorId);
    }

    [Theory]
    [InlineData("ServerName", "x;rm -rf /")]
    [InlineData("ConfigPath", "no path")]
    [InlineData("Name", "a\nb")]
    public void A_site_that_no_cmdlet_takes_is_refused(string field, string value)
    {
        var file = Write(tree => tree["Site"]![field] = value);
        Assert.Equal("EvidenceInvalid", Assert.Throws<SummitFileException>(() => EvidenceFile.Read(file)).ErrorId);
    }

    [Fact]
    public void A_section_without_a_text_is_refused()
    {
        var file = Write(tree => tree["Host"]!["Sections"]!["host"] = null);
        Assert.Equal("EvidenceInvalid", Assert.Throws<SummitFileException>(() => EvidenceFile.Read(file)).ErrorId);
    }

    [Theory]
    [InlineData("Hops")]
    [InlineData("Replays")]
    public void A_list_that_holds_nothing_in_a_place_is_refused(string list)
    {
        var file = Write(tree => tree[list] = new JsonArray((JsonNode?)null));
        var error = Assert.Throws<SummitFileException>(() => EvidenceFile.Read(file));
        Assert.Equal("EvidenceInvalid", error.ErrorId);
        Assert.Contains($"one of the {list}", error.Message);
    }

    [Theory]
    [InlineData("@begin \n@end\n@done\n")]
    [InlineData("@begin host 0\n%%%\n@end\n@done\n")]
    public void Sections_that_are_none_are_no_evidence(string output) =>
        Assert.Equal("EvidenceIncomplete", Assert.Throws<SummitHostException>(
            () => EvidenceSections.Read(new HostResult(0, output, "", TimeSpan.Zero), SummitTarget.Local)).ErrorId);

    [Fact]
    public void A_status_that_a_manager_says_does_nothing_to_a_terminal()
    {
        var list = """[{"name":"summit","pid":1e300,"pm2_env":{"status":"on\u001b[2Jline\u202e","restart_time":1e300,"pm_"""
            + """uptime":1e300,"exec_mode":"fork\u0007"},"monit":{}}]""";
        var backend = Assert.Single(BackendProcesses.FromPm2(list, new SummitSite(), SummitTarget.Local, [], DateTimeOffset.UnixEpoch)!);
        Assert.Equal(@"on\x1b[2Jline\u202e", backend.Status);
        Assert.Equal(@"fork\x07", backend.Mode);
        var unit = BackendProcesses.FromSystemd(
            "LoadState=loaded\nActiveState=ac\x1b[2Jtive\nActiveState=failed\x1b\n", new SummitSite(), SummitTarget.Local, []);
        Assert.Equal(@"failed\x1b", unit!.Status);
    }

    [Theory]
    [InlineData("9223372036854775807")]
    [InlineData("-9223372036854775808")]
    [InlineData("253402300799")]
    [InlineData("1763000003000000")]
    public void A_time_that_no_clock_shows_ends_no_diagnosis(string seconds)
    {
        // tmpfs, btrfs and ZFS take each time that an account gives a file of its own
        var process = "1 (nginx) S 0 1 1 0 -1 4194560 0 0 0 0 0 0 0 0 20 0 1 0 18446744073709551615\tnginx: master process\n";
        var sections = new Dictionary<string, EvidenceSection>
        {
            ["host"] = new(0, $"uid 0\nnow {seconds}\nbooted {seconds}\nticks 0\n"),
            ["nginx.version"] = new(0, "nginx version: nginx/1.22.1\n"),
            ["nginx.dump"] = new(0, "# configuration file /etc/nginx/nginx.conf:\nhttp { server { listen 443; server_name x; } }\n"),
            ["nginx.files"] = new(0, $"{seconds} {seconds} 644 0 0 /etc/nginx/nginx.conf\n"),
            ["backend.changed:/srv/out.log"] = new(0, seconds),
            ["processes"] = new(0, process),
        };
        var host = new HostEvidence(SummitTarget.Local, sections, TimeSpan.Zero);
        var evidence = new SiteEvidence(new SummitSite { ServerName = "x" }, SummitTarget.Local, DateTimeOffset.UnixEpoch, host, "", []);

        Assert.NotEmpty(Summit.Ops.Diagnosis.Verdict.Over(evidence, TimeSpan.Zero).Checks);
        Assert.Single(host.FileChanges);
        Assert.NotNull(host.LogChanged("/srv/out.log"));
        Assert.Null(NginxProcesses.FromProc(process, DateTimeOffset.UnixEpoch, 100)[0].Started);
    }

    [Theory]
    [InlineData("[{\"name\":\"summit\",\"x\":\"HALF\"}]")]
    [InlineData("[{\"name\":\"summit\",\"pm2_env\":{\"\\ud800pm_uptime\":1,\"status\":\"online\"}}]")]
    public void A_list_with_half_of_a_character_is_no_list(string list) => Assert.Null(BackendProcesses.FromPm2(
        list.Replace("HALF", "\ud83d", StringComparison.Ordinal), new SummitSite(), SummitTarget.Local, [], DateTimeOffset.UnixEpoch));

    [Fact]
    public void Chains_that_jump_in_a_ring_or_double_their_way_are_not_known()
    {
        var save = new System.Text.StringBuilder("*filter\n:INPUT DROP [0:0]\n");
        for (var level = 0; level < 30; level++) save.Append($":c{level} - [0:0]\n");
        save.Append("-A INPUT -j c0\n");
        for (var level = 0; level < 29; level++) save.Append($"-A c{level} -j c{level + 1}\n-A c{level} -j c{level + 1}\n");
        save.Append("-A c29 -p tcp -m tcp --dport 443 -m recent --name x -j ACCEPT\n-A c29 -j c0\nCOMMIT\n");
        var seen = new Dictionary<string, EvidenceSection> { ["who"] = new(0, "0\n"), ["iptables-save"] = new(0, save.ToString()) };

        var check = Summit.Ops.Network.Firewalls.HostFirewall.Judge(
            seen, SummitTarget.Local, new Summit.Ops.Network.PathQuestion { Port = 443 })[0];

        Assert.Equal(SummitCheckStatus.Unknown, check.Status);
        Assert.Contains("more than 50000 rules", check.Evidence);
    }

    [Fact]
    public void A_file_is_not_written_through_a_link_that_somebody_laid()
    {
        var (victim, file) = (Path.Combine(_folder, "victim"), Path.Combine(_folder, "site.json"));
        File.WriteAllText(victim, "mine");
        File.CreateSymbolicLink($"{file}.{Environment.ProcessId}.part", victim);
        File.CreateSymbolicLink(file, victim);

        Summit.Ops.Text.WholeFile.Write(file, "new", ownerOnly: true);

        Assert.Equal("mine", File.ReadAllText(victim));
        Assert.Equal("new", File.ReadAllText(file));
        Assert.Null(new FileInfo(file).LinkTarget);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    private string Write(Action<JsonObject> change)
    {
        var file = Path.Combine(_folder, "evidence.json");
        var sections = new Dictionary<string, EvidenceSection> { ["host"] = new(0, "uid 0\n") };
        EvidenceFile.Write(new SiteEvidence(new SummitSite(), SummitTarget.Local, DateTimeOffset.UnixEpoch, new HostEvidence(
            SummitTarget.Local, sections, TimeSpan.Zero), "", []), file);
        var tree = JsonNode.Parse(File.ReadAllText(file))!.AsObject();
        change(tree);
        File.WriteAllText(file, tree.ToJsonString());
        return file;
    }
}
