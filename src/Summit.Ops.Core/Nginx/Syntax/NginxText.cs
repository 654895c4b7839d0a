using System.Text;
using Summit.Ops.Text;

namespace Summit.Ops.Nginx.Syntax;

/// <summary>
/// nginx works on bytes. Inside the engine a text is a string of one char a byte, so that prefixes, regexes and escapes act
/// as nginx's do; people get UTF-8.
/// </summary>
internal static class NginxText
{
    /// <summary>Engine text for people, safe on a console.</summary>
    public static string Show(string text) => ForeignText.Visible(Utf8(text));

    /// <summary>Engine text as the UTF-8 it is, for paths and comparisons.</summary>
    public static string Utf8(string text) => Ascii.IsValid(text) ? text : Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(text));

    /// <summary>People's text for the engine.</summary>
    public static string Take(string text) => Ascii.IsValid(text) ? text : Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));
}
