namespace Summit.Ops.Nginx;

/// <summary>A value inside a command that somebody may paste into a shell.</summary>
internal static class ShellWord
{
    /// <summary>The value as one word of POSIX sh.</summary>
    public static string Quote(string value) =>
        value.Length > 0 && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '-' or '_' or ':' or '@' or '+' or ',') ? value : $"'{value.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
