using System.Management.Automation;
using System.Reflection;
using Summit.Ops.Tests.Engine;

namespace Summit.Ops.Tests.Conformance;

/// <summary>What the module offers is what it has, under names that PowerShell approves of.</summary>
public sealed class ExportsTests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    public static TheoryData<string> Names => ModuleCatalog.Names;

    [Fact]
    public async Task The_manifest_exports_every_cmdlet_class_and_nothing_else()
    {
        var result = await engine.InvokeAsync($"Test-ModuleManifest '{BuiltModule.Manifest}'");
        Assert.Empty(result.Errors);
        var manifest = Assert.Single(result.Of<PSModuleInfo>());
        var classes = ModuleCatalog.Cmdlets[0].ImplementingType.Assembly.GetExportedTypes()
            .Where(type => !type.IsAbstract).Select(type => type.GetCustomAttribute<CmdletAttribute>()).OfType<CmdletAttribute>()
            .Select(cmdlet => $"{cmdlet.VerbName}-{cmdlet.NounName}").Order(StringComparer.Ordinal);
        Assert.Equal(classes, manifest.ExportedCmdlets.Keys.Order(StringComparer.Ordinal));
        Assert.Empty(manifest.ExportedFunctions);
        Assert.Empty(manifest.ExportedAliases);
        Assert.Empty(manifest.ExportedVariables);
    }

    [Fact]
    public async Task The_manifest_and_the_assembly_have_one_version()
    {
        var manifest = Assert.Single((await engine.InvokeAsync($"Test-ModuleManifest '{BuiltModule.Manifest}'")).Of<PSModuleInfo>());
        var built = ModuleCatalog.Cmdlets[
            0].ImplementingType.Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
        Assert.Equal(manifest.Version.ToString(), built.Split('+', '-')[0]);
    }

    [Fact]
    public async Task A_command_is_found_before_the_module_is_imported()
    {
        // what PowerShell knows of a module that is not imported stands in its manifest: explicit exports
        var folder = Directory.CreateTempSubdirectory("summit-ops-");
        try
        {
            var modules = Directory.CreateDirectory(Path.Combine(folder.FullName, "Modules")).FullName;
            Directory.CreateSymbolicLink(Path.Combine(modules, "Summit.Ops"), BuiltModule.Root);
            using var session = EngineSession.Create(importModule: false);
            var result = await session.InvokeAsync($"$old = $env:PSModulePath; $env:PSModulePath = '{modules}'; "
                + "try { (New-SummitSite).Name; (Get-Module).Name } finally { $env:PSModulePath = $old }");
            Assert.Empty(result.Errors);
            Assert.Equal(["summit-api", "Summit.Ops"], result.Of<string>());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Its_verb_is_an_approved_one(string name)
    {
        var approved = typeof(VerbsCommon).Assembly.GetExportedTypes()
            .Where(type => type is { Namespace: "System.Management.Automation", IsAbstract: true, IsSealed: true }
                && type.Name.StartsWith("Verbs", StringComparison.Ordinal))
            .SelectMany(type => type.GetFields(BindingFlags.Public | BindingFlags.Static))
            .Select(field => (string)field.GetRawConstantValue()!);
        Assert.Contains(ModuleCatalog.Find(name).Verb, approved);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Its_noun_is_Summits(string name) => Assert.StartsWith("Summit", ModuleCatalog.Find(name).Noun, StringComparison.Ordinal);

    [Theory]
    [MemberData(nameof(Names))]
    public void It_has_a_source_file_of_its_own(string name)
    {
        var file = Path.Combine(
            BuiltModule.Root, "src", "Summit.Ops", "Commands", name.Replace("-", "", StringComparison.Ordinal) + "Command.cs");
        Assert.True(File.Exists(file), $"{name} is not in {file}.");

        // the help is written there as well and is no code
        Assert.InRange(File.ReadLines(file).Count(line => !line.TrimStart().StartsWith("///", StringComparison.Ordinal)), 1, 150);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void It_is_run_by_a_test_of_its_own(string name)
    {
        var tests = Directory.EnumerateFiles(Path.Combine(BuiltModule.Root, "tests"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal)
                && !file.Contains("Conformance", StringComparison.Ordinal));
        if (File.Exists(Path.Combine(BuiltModule.Root, "tests", "Pester", name + ".Tests.ps1"))) return;
        Assert.True(tests.Any(file => File.ReadAllText(file).Contains(name, StringComparison.Ordinal)), $"No test runs {name}.");
    }
}
