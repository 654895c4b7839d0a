using Summit.Ops.Tests.Engine;

namespace Summit.Ops.Tests.Conformance;

/// <summary>A cmdlet emits what its OutputType says, and its OutputType is public and has a view.</summary>
public sealed class OutputTypeTests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    // what each cmdlet is asked here: harmless, on this machine, and with an answer
    private static readonly Dictionary<string, string> Scripts = new(StringComparer.Ordinal)
    {
        ["New-SummitSite"] = "New-SummitSite",
        ["Export-SummitSite"] = "Export-SummitSite -Site (New-SummitSite) -Path $file -PassThru",
        ["Export-SummitRunbook"] = "Export-SummitRunbook -Kind AzureRunbook -Path \"$file.d\"",
        ["Find-SummitSite"] = "Find-SummitSite -Path $config -All",
        ["Import-SummitSite"] = "New-SummitSite | Export-SummitSite -Path $file; Import-SummitSite -Path $file",
        ["Export-SummitReport"] =
            "Get-SummitNginxConfig -Path $config | Test-SummitNginxConfig | Export-SummitReport -Path $file -Format Html",
        ["Import-SummitReport"] = "Get-SummitNginxConfig -Path $config | Test-SummitNginxConfig | Export-SummitReport -Path $file -Force "
            + "-Format Json | Import-SummitReport",
        ["Get-SummitCloseCode"] = "Get-SummitCloseCode",
        ["Get-SummitRule"] = "Get-SummitRule",
        ["Test-SummitWebSocket"] = "Test-SummitWebSocket -Uri ws://127.0.0.1:1/ws",
        ["Watch-SummitWebSocket"] = "Watch-SummitWebSocket -Uri ws://127.0.0.1:1/ws -Until Down",
        ["Measure-SummitWebSocket"] = "Measure-SummitWebSocket -Uri ws://127.0.0.1:1/ws -Count 1 -Duration 0 -WarmUp 0",
        ["Get-SummitBackend"] = "Get-SummitBackend",
        ["Test-SummitBackend"] = "Test-SummitBackend",
        ["New-SummitNginxConfig"] = "New-SummitNginxConfig",
        ["Get-SummitNginxConfig"] = "Get-SummitNginxConfig -Path $config",
        ["Test-SummitNginxConfig"] = "Get-SummitNginxConfig -Path $config | Test-SummitNginxConfig",
        ["Test-SummitCertificate"] = "Test-SummitCertificate -Uri wss://127.0.0.1:1/ws",
        ["Compare-SummitNginxConfig"] = "Compare-SummitNginxConfig -Path $config",
        ["Test-SummitFirewall"] = "Test-SummitFirewall",
        ["Get-SummitPermission"] = "Get-SummitPermission; Get-SummitPermission -AsPolicy",
        ["Test-SummitSecurityGroup"] = "'[{\"GroupId\":\"sg-1\",\"IpPermissions\":[]}]' | Test-SummitSecurityGroup",
        ["Repair-SummitNginxConfig"] = "New-SummitNginxConfig | Repair-SummitNginxConfig",
        ["Resolve-SummitNginxLocation"] = "Resolve-SummitNginxLocation -Config (New-SummitNginxConfig) -Uri (New-SummitSite).Uri",
    };

    // needs a lab: run by the tests of the lab, which look at the types there
    private static readonly HashSet<string> NeedALab = new(StringComparer.Ordinal)
    {
        "Invoke-SummitDiagnostic", "Deploy-SummitNginxConfig", "Restart-SummitNginx", "Get-SummitNginxBackup", "Restore-SummitNginxConfig",
        "Get-SummitBackendLog", "Restart-SummitBackend", "Deploy-SummitBackend", "Repair-SummitWebSocket", "Get-SummitTarget",
    };

    public static TheoryData<string> Names => ModuleCatalog.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void It_is_declared_and_public(string name)
    {
        var declared = ModuleCatalog.Find(name).OutputType;
        Assert.NotEmpty(declared);
        Assert.All(declared, output => Assert.True(output.Type is { IsPublic: true }, $"{name}: {output.Name}"));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task It_is_what_comes_out(string name)
    {
        if (NeedALab.Contains(name)) return;
        Assert.True(Scripts.TryGetValue(name, out var script), $"Say here how {name} is run.");
        var config = Path.GetTempFileName();
        var file = config + ".site.json";
        try
        {
            await File.WriteAllTextAsync(config, "server { listen 127.0.0.1:80; location /api { proxy_pass http://localhost:4000; } }");
            engine.Session.SetVariable("config", config);
            engine.Session.SetVariable("file", file);
            var result = await engine.InvokeAsync(script);
            Assert.Empty(result.Errors);
            Assert.NotEmpty(result.Output);
            var declared = ModuleCatalog.Find(name).OutputType.Select(output => output.Type).ToList();
            Assert.All(result.Output, item => Assert.Contains(item.BaseObject.GetType(), declared));
        }
        finally
        {
            File.Delete(config);
            File.Delete(file);
            if (Directory.Exists(file + ".d")) Directory.Delete(file + ".d", recursive: true);
        }
    }

    [Fact]
    public void Every_type_that_comes_out_has_a_view()
    {
        var viewed = System.Xml.Linq.XDocument.Load(Path.Combine(BuiltModule.Root, "bin", "Summit.Ops.Format.ps1xml"))
            .Descendants("TypeName").Select(name => name.Value).ToHashSet(StringComparer.Ordinal);
        var own = ModuleCatalog.Cmdlets.SelectMany(cmdlet => cmdlet.OutputType)
            .Select(output => output.Type.FullName!)
            .Where(type => type.StartsWith("Summit.", StringComparison.Ordinal));
        Assert.Subset(viewed, own.ToHashSet(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_public_object_and_enum_survives_serialization()
    {
        var named = System.Xml.Linq.XDocument.Load(Path.Combine(BuiltModule.Root, "bin", "Summit.Ops.Types.ps1xml")).Root!.Elements("Type")
            .Select(type => type.Element("Name")!.Value).ToHashSet(StringComparer.Ordinal);
        var model = typeof(SummitSite).Assembly.GetExportedTypes()
            .Where(type => type.Namespace == "Summit.Ops" && (type.IsEnum || (type.IsClass && !type.IsAbstract))).ToList();
        Assert.NotEmpty(model);
        Assert.Subset(named, model.Select(type => type.FullName!).ToHashSet(StringComparer.Ordinal));
        Assert.Subset(
            named, model.Where(type => !type.IsEnum).Select(type => $"Deserialized.{type.FullName}").ToHashSet(StringComparer.Ordinal));
    }
}
