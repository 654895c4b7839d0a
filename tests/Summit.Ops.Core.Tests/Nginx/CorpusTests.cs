using System.Text;
using Summit.Ops.Nginx;
using Summit.Ops.Nginx.Syntax;

namespace Summit.Ops.Core.Tests.Nginx;

/// <summary>
/// Every configuration of a folder (SUMMIT_NGINX_CORPUS) is covered by its spans without a gap, and comes back byte for byte.
/// </summary>
public sealed class CorpusTests(ITestOutputHelper output)
{
    [Fact]
    public void Every_file_is_covered_and_comes_back()
    {
        var folder = Environment.GetEnvironmentVariable("SUMMIT_NGINX_CORPUS");
        Assert.SkipWhen(string.IsNullOrEmpty(folder), "SUMMIT_NGINX_CORPUS names no folder of configurations.");
        var (files, refused) = (0, new List<string>());
        foreach (var path in Directory.EnumerateFiles(folder!, "*", SearchOption.AllDirectories)
            .Where(path => path.Contains(".conf", StringComparison.Ordinal) || path.EndsWith(".sample", StringComparison.Ordinal)))
        {
            var bytes = File.ReadAllBytes(path);
            if (bytes.Contains((byte)0)) continue;
            files++;
            var config = NginxConfigReader.FromBytes(path, bytes);
            Assert.Equal(bytes, config.ToBytes());
            var document = config.Model.Files.Main;
            if (document.Errors.Count > 0)
            {
                refused.Add($"{Path.GetRelativePath(folder!, path)}: {document.Errors[0].Message} ({document.Errors[0].Line})");
            }
            else
            {
                AssertCovered(document, 0, document.NodeCount, 0, bytes.Length);
            }

            _ = config.Diagnostics.Count + config.Servers.Sum(server => server.Locations.Count)
                + NginxRules.Evaluate(config, new SummitSite()).Count;
        }

        output.WriteLine($"{files} files, {refused.Count} with a syntax error:\n{string.Join('\n', refused)}");
        Assert.NotEqual(0, files);
    }

    /// <summary>Between the directives of a level there is white space and comments, and nothing else.</summary>
    private static void AssertCovered(NginxDocument document, int first, int end, int from, int to)
    {
        for (var i = first; i < end; i = document.Node(i).Next)
        {
            AssertEmpty(document, from, document.Node(i).Start);
            if (document.Node(i).IsBlock && (document.Node(i).Flags & NodeFlags.ForeignBody) == NodeFlags.None)
            {
                AssertCovered(document, i + 1, document.Node(i).Next, document.Node(i).BodyStart, document.Node(i).End - 1);
            }

            from = document.Node(i).End;
        }

        AssertEmpty(document, from, to);
    }

    private static void AssertEmpty(NginxDocument document, int from, int to)
    {
        foreach (var line in Encoding.Latin1.GetString(document.Bytes, from, to - from).Split('\n'))
        {
            var text = line.Trim(' ', '\t', '\r');
            Assert.True(text.Length == 0 || text[0] == '#', $"{document.Path}: \"{text}\" is in no directive");
        }
    }
}
