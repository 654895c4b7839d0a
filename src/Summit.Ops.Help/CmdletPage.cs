namespace Summit.Ops.Help;

/// <summary>All that the help says of one cmdlet.</summary>
internal sealed record CmdletPage
{
    public required string Verb { get; init; }

    public required string Noun { get; init; }

    public string Name => $"{Verb}-{Noun}";

    public required string Synopsis { get; init; }

    public required IReadOnlyList<string> Description { get; init; }

    public required IReadOnlyList<ParameterPage> Parameters { get; init; }

    /// <summary>The parameter sets by name, the default first; a cmdlet without named sets has the one of all.</summary>
    public required IReadOnlyList<string> ParameterSets { get; init; }

    public required IReadOnlyList<string> Inputs { get; init; }

    public required IReadOnlyList<string> Outputs { get; init; }

    public required IReadOnlyList<ExamplePage> Examples { get; init; }

    public required IReadOnlyList<RelatedLink> Links { get; init; }

    /// <summary>The parameters in the order of their pages.</summary>
    public IEnumerable<ParameterPage> ByName => Parameters.OrderBy(parameter => parameter.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>What a parameter set takes, in the engine's own order: by position, then what must be given, then the rest.</summary>
    public IEnumerable<(ParameterPage Parameter, ParameterUse Use)> Syntax(string set) =>
        Parameters.Select(parameter => (Parameter: parameter, Use: parameter.In(set))).Where(pair => pair.Use is not null)
            .OrderBy(pair => pair.Use!.Position ?? int.MaxValue)
            .ThenByDescending(pair => pair.Use!.Mandatory)
            .Select(pair => (pair.Parameter, pair.Use!));
}

/// <summary>All that the help says of one parameter.</summary>
internal sealed record ParameterPage
{
    public required string Name { get; init; }

    public required string TypeName { get; init; }

    public required IReadOnlyList<string> Description { get; init; }

    public required string DefaultValue { get; init; }

    public required IReadOnlyList<string> Aliases { get; init; }

    /// <summary>The values of its enum or ValidateSet; empty where any value of the type will do.</summary>
    public required IReadOnlyList<string> AcceptedValues { get; init; }

    public required bool Wildcards { get; init; }

    public required IReadOnlyList<ParameterUse> Uses { get; init; }

    public bool IsSwitch => TypeName == "SwitchParameter";

    public bool IsArray => TypeName.EndsWith("[]", StringComparison.Ordinal);

    /// <summary>How the set uses it, or null where it does not.</summary>
    public ParameterUse? In(string set) =>
        Uses.FirstOrDefault(use => use.Set == set) ?? Uses.FirstOrDefault(use => use.Set == ParameterUse.AllSets);
}

/// <summary>How one parameter set uses a parameter: one ParameterAttribute.</summary>
internal sealed record ParameterUse(string Set, bool Mandatory, int? Position, bool ByValue, bool ByPropertyName, bool Remaining)
{
    public const string AllSets = "__AllParameterSets";

    public string PipelineInput => (ByValue, ByPropertyName) switch
    {
        (true, true) => "True (ByValue, ByPropertyName)",
        (true, false) => "True (ByValue)",
        (false, true) => "True (ByPropertyName)",
        _ => "False",
    };
}

/// <summary>One example.</summary>
internal sealed record ExamplePage(string Title, string Code, IReadOnlyList<string> Remarks);

/// <summary>A related cmdlet, topic or page.</summary>
internal sealed record RelatedLink(string Text, string Uri);
