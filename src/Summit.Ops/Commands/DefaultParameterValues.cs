using System.Collections;
using System.Management.Automation;

namespace Summit.Ops.Commands;

/// <summary>
/// Which arguments of a call came from <c>$PSDefaultParameterValues</c>: to the engine they are bound like any other, but
/// nobody wrote them into this call.
/// </summary>
internal static class DefaultParameterValues
{
    /// <summary>Whether the bound value of a parameter is the one that <c>$PSDefaultParameterValues</c> has for it.</summary>
    /// <remarks>Somebody who writes the very value of the default cannot be told apart; that is taken for the default.</remarks>
    public static bool Gave(PSCmdlet cmdlet, string parameter)
    {
        if (!cmdlet.MyInvocation.BoundParameters.TryGetValue(parameter, out var bound)) return false;
        if (Bare(cmdlet.SessionState.PSVariable.GetValue("PSDefaultParameterValues")) is not IDictionary defaults
            || defaults["Disabled"] is true)
        {
            return false;
        }

        foreach (DictionaryEntry entry in defaults)
        {
            if (entry.Key is not string key || key.LastIndexOf(':') is var colon && colon < 0) continue;
            if (!Matches(key[..colon], cmdlet.MyInvocation.MyCommand.Name) || !Matches(key[(colon + 1)..], parameter)) continue;
            var value = Bare(entry.Value);
            // a script block gives its value only when it is run
            if (value is ScriptBlock || Equals(value, Bare(bound))
                || string.Equals(value?.ToString(), bound?.ToString(), StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Matches(string pattern, string name) =>
        WildcardPattern.Get(pattern.Trim().Trim('\'', '"'), WildcardOptions.IgnoreCase).IsMatch(name);

    private static object? Bare(object? value) => value is PSObject wrapped ? wrapped.BaseObject : value;
}
