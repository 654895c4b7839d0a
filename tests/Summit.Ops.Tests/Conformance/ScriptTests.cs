using System.Management.Automation.Language;
using Summit.Ops.Tests.Engine;

namespace Summit.Ops.Tests.Conformance;

/// <summary>
/// The scripts for users parse in the engine, and name cmdlets and parameters that exist; what tests/Pester calls is shown by running it.
/// </summary>
public sealed class ScriptTests
{
    public static TheoryData<string> Scripts =>
    [
        .. Directory.EnumerateFiles(BuiltModule.Root, "*.ps1")
            .Concat(Directory.EnumerateFiles(Path.Combine(BuiltModule.Root, "examples"), "*.ps1", SearchOption.AllDirectories))
            .Select(file => Path.GetRelativePath(BuiltModule.Root, file)),
    ];

    [Theory]
    [MemberData(nameof(Scripts))]
    public void A_script_parses_and_calls_what_exists(string script)
    {
        var problems = ExampleCode.Problems(File.ReadAllText(Path.Combine(BuiltModule.Root, script)));
        Assert.Equal([], problems);
    }

    [Fact]
    public void Every_Pester_file_tests_something() =>
        Assert.All(Directory.EnumerateFiles(Path.Combine(BuiltModule.Root, "tests", "Pester"), "*.Tests.ps1"), file =>
            Assert.NotEmpty(Parser.ParseFile(file, out _, out _)
                .FindAll(node => node is CommandAst call && call.GetCommandName() == "It", searchNestedScriptBlocks: true)));
}
