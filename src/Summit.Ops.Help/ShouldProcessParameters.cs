namespace Summit.Ops.Help;

/// <summary>The two parameters that SupportsShouldProcess adds.</summary>
internal static class ShouldProcessParameters
{
    public static IReadOnlyList<ParameterPage> All { get; } =
    [
        Make("WhatIf", "wi", "Shows what would happen, and changes nothing."),
        Make("Confirm", "cf", "Asks before each change. An unattended run that must not ask says -Confirm:$false."),
    ];

    private static ParameterPage Make(string name, string alias, string description) => new()
    {
        Name = name,
        TypeName = "SwitchParameter",
        Description = [description],
        DefaultValue = "False",
        Aliases = [alias],
        AcceptedValues = [],
        Wildcards = false,
        Uses =
        [new ParameterUse(ParameterUse.AllSets, Mandatory: false, Position: null, ByValue: false, ByPropertyName: false, Remaining: false)],
    };
}
