using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using Summit.Ops.Lab;
using Summit.Ops.Nginx.Knowledge;
using Summit.Ops.Nginx.Syntax;

namespace Summit.Ops.Core.Tests.Nginx.Differential;

/// <summary>What the parser refuses, and with which words at which line, against <c>nginx -t</c>.</summary>
/// <remarks>SUMMIT_NGINX_SYNTAX sets how many inputs are made (2,000), SUMMIT_NGINX_SEED where the generator begins.</remarks>
[Trait("Category", "Lab")]
public sealed partial class SyntaxParityTests(ITestOutputHelper output)
{
    private static readonly string[] Pieces =
    [
        "location /a {\n  default_type \"a b\";\n  types { text/x x y; }\n}\n",
        "types {\n  a/b c d \"e f\";\n  # comment ; { }\n  g/h 'i;j' k;\n}\n",
        "if ($host = 'x') { set $v \"a;b{\"; }\n",
        "set $q ${host}x;\n",
        "add_header X \"it's \\\"q\\\"\";\n", "add_header Y 'a\nb\nc';\n", "location ~ \"^/\\d{3}\" { return 200; }\n",
        "location ^~ /b { location /b/c { } }\n", "set $w a\\ b\\;c;\n", "index a b \"c d\" $host;\n", "# a comment\n",
        "\t\r\n",
        "set $x '#';\n", "default_type a#b;\n", "limit_except GET { deny all; }\n", "error_page 404 /x;\n",
        "keepalive_timeout 10s 10s;\n", "set $y \"$host${host}{}\";\n", "root \"/a b\";\n", "set $z ')';\n",
        "if ($host){set $a 1;}\n",
    ];

    private static readonly string[] Insertions =
    [
        "{", "}", ";", "\"", "'", "\\", "$", "#", "\n", " ", "\t", "\r", "${", "x", ")", "(", "\"x\"y", "é", ";;", "{}", "} {", "\\\"",
        "''", "x;",
    ];

    [GeneratedRegex(
        @"\[emerg\] (?:\d+#\d+: )?(?<message>.*?)(?: in (?<file>\S+):(?<line>\d+))?\s*$",
        RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Emergency { get; }

    [Fact]
    public async Task The_parser_refuses_what_nginx_refuses()
    {
        if (await LabRequirement.NginxMissingAsync() is { } reason) Assert.Skip(reason);
        var nginx = await NginxBinary.ProvideAsync();
        var wanted = RoutingDifferentialTests.Setting("SUMMIT_NGINX_SYNTAX", 2_000);
        var seed = RoutingDifferentialTests.Setting("SUMMIT_NGINX_SEED", 1);
        var folder = Directory.CreateTempSubdirectory("summit-syntax-").FullName;
        var wrong = new System.Collections.Concurrent.ConcurrentBag<string>();
        var ends = new System.Collections.Concurrent.ConcurrentDictionary<string, int>(StringComparer.Ordinal);
        try
        {
            Directory.CreateDirectory(Path.Combine(folder, "empty"));
            await Parallel.ForEachAsync(
                Enumerable.Range(seed, wanted), new ParallelOptions { MaxDegreeOfParallelism = 2 }, async (number, _) =>
                {
                    if (wrong.Count > 5) return;
                    var path = Path.Combine(folder, $"{number}.conf");
                    var bytes = Make(new Random(number), folder, number);
                    await File.WriteAllBytesAsync(path, bytes, _);
                    var (message, line) = await TestAsync(nginx.CommandPath, folder, path);
                    var mine = NginxParser.Parse(path, bytes).Errors;
                    if ((Disagreement(message, line, mine.Count > 0 ? mine[0] : null, ends)
                        ?? Misplaced(message, line, path, bytes)) is { } why)
                    {
                        wrong.Add($"{number}: {why}\n{Encoding.Latin1.GetString(bytes[^Math.Min(bytes.Length, 1500)..])}");
                    }

                    File.Delete(path);
                    File.Delete(Path.Combine(folder, $"{number}.sock"));
                });
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        output.WriteLine(string.Join(", ", ends.OrderByDescending(end => end.Value).Select(end => $"{end.Key}: {end.Value}")));
        Assert.True(wrong.IsEmpty, string.Join("\n", wrong));
        if (wanted >= 1000)
        {
            Assert.All(
                (string[])["accepted", "unexpected \"}\"", "unexpected \";\"", "unexpected \"{\"",
                    "unexpected end of file, expecting \"}\"", "unexpected end of file, expecting \";\" or \"}\"", "too long parameter"],
                end => Assert.Contains(end, ends.Keys));
        }
    }

    private static string? Disagreement(
        string? message, int line, SyntaxError? mine, System.Collections.Concurrent.ConcurrentDictionary<string, int> ends)
    {
        var kind = message is null
            ? "accepted"
            : message.StartsWith("unexpected", StringComparison.Ordinal) && !message.EndsWith("in condition", StringComparison.Ordinal)
                ? message
                : message.StartsWith("too long", StringComparison.Ordinal) ? "too long parameter" : "refused for its meaning";
        ends.AddOrUpdate(kind, 1, (_, count) => count + 1);
        if (message is null) return mine is null ? null : $"nginx accepts it, the parser says {mine}";
        if (kind == "refused for its meaning")
        {
            return mine is null || line == 0 || mine.Line >= line ? null : $"nginx gets to line {line} ({message}), the parser says {mine}";
        }

        if (mine is null) return $"nginx says {message} in line {line}, the parser nothing";
        // nginx prints a byte that is no ASCII as it is
        var same = mine.Message == message
            || (mine.Message.StartsWith("unexpected \"\\x", StringComparison.Ordinal)
                && message.StartsWith("unexpected \"", StringComparison.Ordinal))
            || (kind == "too long parameter" && mine.Message[..18] == message[..18] && !Ascii.IsValid(message));
        return same && mine.Line == line ? null : $"nginx says {message} in line {line}, the parser {mine}";
    }

    /// <summary>The refusals that rest on what is known of each directive: its name, place, block and number of arguments.</summary>
    private static string? Misplaced(string? message, int line, string path, byte[] bytes)
    {
        var known = message is not null
            && (message.StartsWith("unknown directive", StringComparison.Ordinal)
                || message.EndsWith("directive is not allowed here", StringComparison.Ordinal)
                || message.StartsWith("invalid number of arguments in", StringComparison.Ordinal)
                || message.EndsWith("has no opening \"{\"", StringComparison.Ordinal)
                || message.EndsWith("is not terminated by \";\"", StringComparison.Ordinal));
        // a name with a line end, or one that nginx cuts in its log, has no line behind it
        if (message is not null && (!known || line == 0 || message.Length > 500)) return null;
        var mine = Summit.Ops.Nginx.NginxConfigReader.FromBytes(path, bytes).Diagnostics;
        // this nginx has its mail and stream modules beside it and not loaded; for one that has, the directive stands in a wrong place
        if (message?.Split('"') is ["unknown directive ", var name, ""] && DirectiveKnowledge.Find(name) is { Count: > 0 } entries
            && entries.All(entry => entry.Module.StartsWith("ngx_mail", StringComparison.Ordinal)
                || entry.Module.StartsWith("ngx_stream", StringComparison.Ordinal)))
        {
            message = $"\"{name}\" directive is not allowed here";
        }

        if (message is null) return mine.Count == 0 ? null : $"nginx accepts it, and there is a diagnostic: {mine[0]}";
        // nginx names the line that the directive ends on, a diagnostic the one it begins on
        return mine.Any(diagnostic => diagnostic.Message == Summit.Ops.Text.ForeignText.Visible(message) && diagnostic.Line <= line)
            || !Ascii.IsValid(message) || message.Contains('\n', StringComparison.Ordinal)
            || message.Contains('\\', StringComparison.Ordinal)
            ? null : $"nginx says {message} in line {line}, the diagnostics {string.Join(" | ", mine)}";
    }

    private static byte[] Make(Random random, string folder, int number)
    {
        var head = $"{RealNginx.Head(folder)}http {{\n{RealNginx.HttpHead(folder)}map_hash_max_size 4096;\n"
            + $"server {{ listen unix:{folder}/{number}.sock;\n";
        var body = new StringBuilder();
        for (var i = random.Next(1, 8); i > 0; i--)
        {
            // each piece in a location of its own, so that nothing is there twice
            var piece = Pieces[random.Next(Pieces.Length)];
            if (!piece.StartsWith("location", StringComparison.Ordinal)) body.Append($"location /{i} {{ {piece} }}\n");
            else if (!body.ToString().Contains(piece, StringComparison.Ordinal)) body.Append(piece);
        }

        if (random.Next(10) == 0)
        {
            // around the size of nginx's buffer
            var size = 4096 - 6 + random.Next(12);
            var longOne = new string('w', size);
            body.Insert(0, random.Next(5) switch
            {
                0 => $"# {longOne}\n", 1 => $"set $l {longOne};\n", 2 => $"set $l \"{longOne}\";\n", 3 => $"set $l '{longOne}' ;\n",
                _ => $"set $l {longOne} ;\n",
            } + new string(' ', random.Next(3)));
        }

        body.Append("}\n}\n");
        for (var i = random.Next(5); i > 0; i--)
        {
            var at = random.Next(body.Length);
            switch (random.Next(5))
            {
                case 0:
                    body.Remove(at, 1);
                    break;
                case 1:
                    body.Remove(at, Math.Min(body.Length - at, random.Next(12)));
                    break;
                case 2:
                    body[at] = Insertions[random.Next(Insertions.Length)][0];
                    break;
                default:
                    body.Insert(at, Insertions[random.Next(Insertions.Length)]);
                    break;
            }

            if (body.Length == 0) break;
        }

        return Encoding.UTF8.GetBytes(head + body);
    }

    private static async Task<(string? Message, int Line)> TestAsync(string command, string folder, string path)
    {
        var start = new ProcessStartInfo(command, ["-t", "-q", "-p", folder, "-c", path, "-e", "stderr"])
        {
            RedirectStandardError = true,
            UseShellExecute = false,
            StandardErrorEncoding = Encoding.Latin1,
        };
        using var process = Process.Start(start)!;
        var said = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode == 0) return (null, 0);
        var match = Emergency.Match(said);
        return (match.Groups["message"].Value, match.Groups["line"].Success ? int.Parse(match.Groups["line"].ValueSpan) : 0);
    }
}
