using System.Management.Automation;
using Summit.Ops.Tests.Engine;

namespace Summit.Ops.Tests.Conformance;

/// <summary>The module as the engine sees it: asked once, in a runspace of its own.</summary>
internal static class ModuleCatalog
{
    private static readonly Lazy<IReadOnlyList<CmdletInfo>> LazyCmdlets = new(() => Ask("Get-Command -Module Summit.Ops"));
    private static readonly Lazy<IReadOnlyList<CmdletInfo>> LazyLab = new(() =>
        Ask($"Import-Module '{Path.Combine(BuiltModule.Root, "Summit.Ops.Lab.psd1")}'; Get-Command -Module Summit.Ops.Lab"));

    /// <summary>What <c>Get-Command -Module Summit.Ops</c> lists.</summary>
    public static IReadOnlyList<CmdletInfo> Cmdlets => LazyCmdlets.Value;

    /// <summary>All that a page may name: the lab's cmdlets too.</summary>
    public static IEnumerable<CmdletInfo> WithLab => Cmdlets.Concat(LazyLab.Value);

    /// <summary>Their names, as rows of a theory.</summary>
    public static TheoryData<string> Names => [.. Cmdlets.Select(cmdlet => cmdlet.Name)];

    public static CmdletInfo Find(string name) => Cmdlets.Single(cmdlet => cmdlet.Name == name);

    /// <summary>The parameters that are the cmdlet's own: no common ones, no hidden ones.</summary>
    public static IEnumerable<ParameterMetadata> OwnParameters(CmdletInfo cmdlet) => cmdlet.Parameters.Values.Where(parameter =>
        !Cmdlet.CommonParameters.Contains(parameter.Name) && !Cmdlet.OptionalCommonParameters.Contains(parameter.Name)
        && parameter.Attributes.OfType<ParameterAttribute>().Any(use => !use.DontShow));

    private static List<CmdletInfo> Ask(string script)
    {
        using var session = EngineSession.Create();
        using var shell = PowerShell.Create(session.Runspace);
        var commands = shell.AddScript(script).Invoke().Select(item => (CmdletInfo)item.BaseObject).ToList();
        commands.ForEach(command => _ = command.ParameterSets.Count); // asks the runspace, which is open here only
        return commands;
    }
}
