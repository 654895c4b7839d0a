using System.Text.RegularExpressions;
using Summit.Ops.Nginx.Semantics;
using Summit.Ops.Nginx.Syntax;

namespace Summit.Ops.Nginx.Editing;

/// <summary>
/// The <c>map</c> that a copied configuration uses and does not define: nginx then says
/// <c>unknown "connection_upgrade" variable</c> and refuses all of it.
/// </summary>
internal static partial class MissingMap
{
    /// <summary>
    /// The file with the map of nginx's own documentation in front of its first server; null where the complaint is another one, or the
    /// variable is used for something else too.
    /// </summary>
    /// <param name="file">The site's file, included in http.</param>
    /// <param name="complaint">What <c>nginx -t</c> says.</param>
    public static SummitNginxConfig? Define(SummitNginxConfig file, string complaint)
    {
        if (UnknownVariable().Match(complaint) is not { Success: true } match || file.Model.Files.Main.Errors.Count > 0) return null;
        var (document, variable) = (file.Model.Files.Main, "$" + match.Groups["name"].Value);
        var uses = Enumerable.Range(0, document.NodeCount)
            .Select(node => new DirectiveRef(document, node))
            .Where(directive => directive.Arguments().Any(argument => argument.Contains(variable, StringComparison.Ordinal))).ToList();
        if (uses.Count == 0
            || !uses.TrueForAll(use => use.Id == DirectiveName.ProxySetHeader
                && use.Argument(0).Equals("Connection", StringComparison.OrdinalIgnoreCase) && use.Argument(1) == variable))
        {
            return null;
        }

        // a server that stands in no block of this file is in http
        var first = 0;
        while (first < document.NodeCount && document.Node(first).Name != DirectiveName.Server) first = document.Node(first).Next;
        if (first >= document.NodeCount) return null;
        var layout = new FileLayout(document);
        if (!layout.BeginsLine(first) || layout.IndentOf(first).Length > 0) return null;
        var edit = layout.Before(
            first, [$"map $http_upgrade {variable} {{", $"{layout.Unit}default upgrade;", $"{layout.Unit}'' close;", "}", ""]);
        return file.With(edit.Apply(document.Bytes));
    }

    [GeneratedRegex(@"^unknown ""(?<name>[A-Za-z0-9_]+)"" variable", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex UnknownVariable();
}
