using System.Collections;

namespace Summit.Ops.Lab.Shell;

/// <summary>The arguments behind <c>-File x.ps1</c>, read as pwsh reads them: <c>-Name value</c>, <c>-Name:value</c>, <c>-Switch</c>, the rest by position.</summary>
internal static class ScriptArguments
{
    public static (Hashtable Named, object[] Positional) Read(IReadOnlyList<string> arguments)
    {
        var named = new Hashtable(StringComparer.OrdinalIgnoreCase);
        var positional = new List<object>();
        for (var i = 0; i < arguments.Count; i++)
        {
            var argument = arguments[i];
            if (!IsName(argument))
            {
                positional.Add(argument);
                continue;
            }

            var colon = argument.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0 && colon < argument.Length - 1) named[argument[1..colon]] = Value(argument[(colon + 1)..]);
            else if (i + 1 < arguments.Count && !IsName(arguments[i + 1])) named[argument[1..].TrimEnd(':')] = arguments[++i];
            else named[argument[1..].TrimEnd(':')] = true;
        }

        return (named, [.. positional]);
    }

    private static bool IsName(string argument) => argument.Length > 1 && argument[0] == '-' && (char.IsLetter(argument[1]) || argument[1] is '_' or '?');

    // -Switch:$false and -Switch:false are the only way to say no
    private static object Value(string text) => bool.TryParse(text.StartsWith('$') ? text[1..] : text, out var flag) ? flag : text;
}
