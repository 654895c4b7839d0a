using System.Globalization;
using System.Management.Automation;
using Summit.Ops.Completion;
using Summit.Ops.Errors;
using Summit.Ops.Probing;
using Summit.Ops.Text;

namespace Summit.Ops.Commands;

/// <summary>Says what a WebSocket close code means behind nginx, and what to run next.</summary>
/// <remarks>
/// <para>Get-SummitCloseCode knows every close code of RFC 6455 and of IANA's registry, and the failure that has no code at all: a refused
/// connection. Each comes with what the specification says, with what it usually comes from when nginx stands in front of the application,
/// and with the command to run next.</para>
/// <para>The codes 1005, 1006 and 1015 never travel in a Close frame: a client makes them up. So 1006 says only that no Close frame came.
/// Test-SummitWebSocket shows what really happened.</para>
/// </remarks>
/// <example>
/// <title>What the browser's console showed</title>
/// <code>Get-SummitCloseCode 1006</code>
/// <para>Says what an abnormal closure usually is behind nginx: a /ws location or its Upgrade headers are missing.</para>
/// </example>
/// <example>
/// <title>By name</title>
/// <code>Get-SummitCloseCode -Name ConnectionRefused, Policy*</code>
/// <para>Names may have wildcards, and blanks do not matter: 'Policy Violation' is found as well.</para>
/// </example>
/// <example>
/// <title>The code that a probe saw</title>
/// <code>Test-SummitWebSocket -Uri 'wss://summit-api.codingeverest.com/ws' | Where-Object CloseCode | Get-SummitCloseCode</code>
/// <para>Takes the close code from a result of Test-SummitWebSocket.</para>
/// </example>
/// <example>
/// <title>The whole registry</title>
/// <code>Get-SummitCloseCode | Where-Object OnTheWire</code>
/// <para>Without arguments it lists every code; here those that may stand in a Close frame.</para>
/// </example>
/// <seealso cref="TestSummitWebSocketCommand"/>
[Cmdlet(VerbsCommon.Get, "SummitCloseCode", DefaultParameterSetName = "Code")]
[OutputType(typeof(SummitCloseCode))]
public sealed class GetSummitCloseCodeCommand : SummitCmdlet
{
    /// <summary>
    /// The codes, 0 to 65535, or results of Test-SummitWebSocket. A code that is not registered is explained by the range it lies in.
    /// </summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ParameterSetName = "Code")]
    [Alias("CloseCode")]
    [ArgumentCompleter(typeof(CloseCodeCompleter))]
    public object[]? Code { get; set; }

    /// <summary>Names, with wildcards: AbnormalClosure, 'Policy Violation', ConnectionRefused.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Name")]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(CloseCodeCompleter))]
    public string[] Name { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (ParameterSetName == "Name") ByName();
        else if (Code is null) WriteObject(CloseCodes.All, enumerateCollection: true);
        else ByCode(Code);
    }

    private void ByCode(object[] codes)
    {
        foreach (var item in codes)
        {
            Guard(null, () =>
            {
                if (Number(item) is { } code) WriteObject(CloseCodes.Find(code) ?? throw Invalid($"{code}"));
                else WriteVerbose($"{item} has no close code.");
            });
        }
    }

    // taken as it comes and read here: the engine's own conversion has no advice to give
    private static int? Number(object? item)
    {
        if (item is null) return null;
        var wrapped = PSObject.AsPSObject(item);
        var property = wrapped.Properties["CloseCode"] ?? (wrapped.BaseObject is ValueType or string ? null : wrapped.Properties["Code"]);
        if (property is not null) return property.Value is null ? null : Number(property.Value);
        var text = LanguagePrimitives.ConvertTo<string>(item);
        return int.TryParse(
            text,
            NumberStyles.AllowLeadingSign | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite,
            CultureInfo.InvariantCulture, out var code) ? code : throw Invalid(text);
    }

    private static SummitArgumentException Invalid(string text)
    {
        var named = CloseCodes.All.Any(entry => Matches(entry, Plain(text)));
        return new SummitArgumentException(
            "CloseCodeInvalid",
            $"'{ForeignText.Visible(text)}' is no close code: it is a number of 16 bits, 0 to 65535{(named ? "; this is a name" : "")}.",
            text,
            named ? $"Get-SummitCloseCode -Name {PowerShellWord.Quote(Plain(text))}" : "Get-SummitCloseCode");
    }

    private static bool Matches(SummitCloseCode entry, string pattern) =>
        WildcardPattern.Get(pattern, WildcardOptions.IgnoreCase) is var wildcard
            && CloseCodes.Aliases(entry).Prepend(entry.Name).Any(wildcard.IsMatch);

    private void ByName()
    {
        foreach (var name in Name)
        {
            var found = CloseCodes.All.Where(entry => Matches(entry, Plain(name))).ToList();
            if (found.Count == 0 && !WildcardPattern.ContainsWildcardCharacters(name))
            {
                Guard(name, () => throw new SummitArgumentException(
                    "CloseCodeNotFound", $"There is no close code named '{ForeignText.Visible(name)}'.", name,
                    "Get-SummitCloseCode | ForEach-Object Name"));
            }

            WriteObject(found, enumerateCollection: true);
        }
    }

    private static string Plain(string name) => name.Replace(" ", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal)
        .Replace("_", "", StringComparison.Ordinal);
}
