// Makes src/Summit.Ops.Core/Nginx/Knowledge/directives.tsv from nginx's own source: the command tables of every release.
//
//     git clone --bare https://github.com/nginx/nginx nginx.git
//     dotnet run .build/nginx-directives.cs -- nginx.git src/Summit.Ops.Core/Nginx/Knowledge/directives.tsv
//
// A line is a directive of a module as the newest release that has it takes it, widened by what 1.22.1 (the oldest one that
// distributions still ship) took: contexts, number of arguments, whether it opens a block. "since" is the first release with it, "until"
// the first without it, "changed" each release in which its contexts or arguments became others. A name that moved from one module
// to another has been there since the first of them. Releases are taken in the order of their numbers, so a stable branch stands
// before the mainline that follows it.
#:property RunAnalyzers=false
#:property TreatWarningsAsErrors=false
using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

if (args is not [var repository, var output])
{
    Console.Error.WriteLine("usage: dotnet run .build/nginx-directives.cs -- NGINX_GIT_DIRECTORY OUTPUT");
    return 2;
}

var widest = new Version(1, 22, 1);
var releases = Git("tag", "-l", "release-*").Split('\n', StringSplitOptions.RemoveEmptyEntries)
    .Select(tag => Version.TryParse(tag["release-".Length..], out var version) ? version : null).OfType<Version>().Order().ToList();
// what is written and not released yet stands under the number it will have
var head = Version.Parse(Regex.Match(Git("show", "HEAD:src/core/nginx.h"), @"NGINX_VERSION\s+""([\d.]+)""").Groups[1].Value);
if (head > releases[^1]) releases.Add(head);
var entries = new SortedDictionary<(string Name, string Family, string Module), Entry>();
var parsed = new Dictionary<string, List<Command>>();
foreach (var release in releases)
{
    var seen = new HashSet<(string, string, string)>();
    foreach (var line in Git("ls-tree", "-r", release == head ? "HEAD" : $"release-{release}", "--", "src").Split(
        '\n', StringSplitOptions.RemoveEmptyEntries))
    {
        var path = line[(line.IndexOf('\t') + 1)..];
        if (!path.EndsWith(".c")) continue;
        var blob = line.Split(' ', '\t')[2];
        if (!parsed.TryGetValue(blob, out var commands)) parsed[blob] = commands = Commands(Git("cat-file", "blob", blob));
        foreach (var command in commands)
        {
            if (Contexts(command.Flags).Length == 0) continue;
            var key = (command.Name, Family(command.Flags, path), Path.GetFileNameWithoutExtension(path));
            seen.Add(key);
            if (!entries.TryGetValue(key, out var entry)) entries[key] = entry = new Entry(release);
            entry.See(
                release, Contexts(command.Flags), Arguments(command.Flags), command.Flags.Contains("NGX_CONF_BLOCK"), release >= widest);
        }
    }

    foreach (var (key, entry) in entries)
    {
        if (!seen.Contains(key)) entry.Until ??= release;
    }
}

// a name that went from one module to another of the same family
foreach (var (key, entry) in entries)
{
    foreach (var (other, earlier) in entries)
    {
        if (other != key && other.Name == key.Name && other.Family == key.Family && earlier.Until is { } gone && gone <= entry.Since
            && earlier.Since < entry.First)
        {
            entry.First = earlier.Since;
        }
    }
}

var text = new StringBuilder("# name\tcontexts\targuments\tblock\tmodule\tsince\tuntil\tchanged; "
    + "made by .build/nginx-directives.cs from the command tables of nginx ").Append($"{releases[0]} to {releases[^1]}\n");
foreach (var (key, entry) in entries)
{
    // what no nginx of this decade has is no directive any more
    if (entry.Until is { } gone && gone <= widest) continue;
    text.Append(string.Join(
        '\t', key.Name, string.Join(',', entry.Contexts), entry.Takes, entry.Block ? "block" : "", key.Module,
        entry.First, entry.Until,
        string.Join("; ", entry.Changes))).Append('\n');
}

File.WriteAllText(output, text.ToString());
Console.WriteLine($"{entries.Values.Count(entry => entry.Until is null || entry.Until > widest)} directives of {releases.Count} releases, "
    + $"{releases[0]} to {releases[^1]}");
return 0;

string Git(params string[] arguments)
{
    var start = new ProcessStartInfo(
        "git", ["-C", repository, .. arguments]) { RedirectStandardOutput = true, StandardOutputEncoding = Encoding.Latin1 };
    using var process = Process.Start(start)!;
    var said = process.StandardOutput.ReadToEnd();
    process.WaitForExit();
    return process.ExitCode == 0 ? said : throw new InvalidOperationException($"git {string.Join(' ', arguments)}: {process.ExitCode}");
}

static List<Command> Commands(string source)
{
    var found = new List<Command>();
    // comments may hold a table that was
    source = Regex.Replace(source, @"/\*.*?\*/", " ", RegexOptions.Singleline);
    foreach (Match match in Regex.Matches(
        source, @"\{\s*ngx_string\(""(?<name>\w+)""\)\s*,\s*(?<flags>[A-Z0-9_|\s]*NGX_\w*CONF\w*[A-Z0-9_|\s]*),", RegexOptions.Singleline))
    {
        found.Add(new Command(match.Groups["name"].Value, [.. match.Groups["flags"].Value.Split('|', StringSplitOptions.TrimEntries)]));
    }

    return found;
}

static string Family(string[] flags, string path) =>
    flags.Any(flag => flag.StartsWith("NGX_STREAM_"))
        ? "stream"
        : flags.Any(flag => flag.StartsWith("NGX_MAIL_") || flag.StartsWith("NGX_IMAP_")) ? "mail"
        : flags.Any(flag => flag.StartsWith("NGX_HTTP_")) ? flags.Contains("NGX_HTTP_UPS_CONF") ? "upstream" : "http" : "main";

static string[] Contexts(string[] flags) => [.. flags.Select(flag => flag switch
{
    "NGX_HTTP_MAIN_CONF" => "http",
    "NGX_HTTP_SRV_CONF" => "server",
    "NGX_HTTP_LOC_CONF" => "location",
    "NGX_HTTP_SIF_CONF" => "if in server",
    "NGX_HTTP_LIF_CONF" => "if in location",
    "NGX_HTTP_LMT_CONF" => "limit_except",
    "NGX_HTTP_UPS_CONF" => "upstream",
    "NGX_STREAM_MAIN_CONF" => "stream",
    "NGX_STREAM_SRV_CONF" => "stream server",
    "NGX_STREAM_UPS_CONF" => "stream upstream",
    "NGX_MAIL_MAIN_CONF" => "mail",
    "NGX_MAIL_SRV_CONF" => "mail server",
    "NGX_MAIN_CONF" => "main",
    "NGX_EVENT_CONF" => "events",
    "NGX_ANY_CONF" => "any",
    _ => "",
}).Where(context => context.Length > 0)];

static string Arguments(string[] flags)
{
    if (flags.Contains("NGX_CONF_FLAG")) return "flag";
    if (flags.Contains("NGX_CONF_ANY")) return "any";
    if (flags.Contains("NGX_CONF_1MORE")) return "1+";
    if (flags.Contains("NGX_CONF_2MORE")) return "2+";
    var counts = new SortedSet<char>();
    foreach (var flag in flags)
    {
        if (flag == "NGX_CONF_NOARGS") counts.Add('0');
        else if (flag.StartsWith("NGX_CONF_TAKE")) counts.UnionWith(flag["NGX_CONF_TAKE".Length..]);
    }

    return string.Join(',', counts);
}

internal sealed record Command(string Name, string[] Flags);

internal sealed class Entry(Version since)
{
    private string[] _now = [];
    private string _arguments = "";

    public Version Since { get; } = since;

    public Version First { get; set; } = since;

    public Version? Until { get; set; }

    /// <summary>In nginx's order, the newest release's first.</summary>
    public string[] Contexts { get; private set; } = [];

    public string Takes { get; private set; } = "";

    public bool Block { get; private set; }

    public List<string> Changes { get; } = [];

    public void See(Version release, string[] contexts, string arguments, bool block, bool counts)
    {
        Until = null;
        if (_now.Length > 0)
        {
            foreach (var added in contexts.Except(_now)) Changes.Add($"{release} +{added}");
            foreach (var gone in _now.Except(contexts)) Changes.Add($"{release} -{gone}");
            if (Counts(arguments) != Counts(_arguments)) Changes.Add($"{release} {_arguments} > {arguments}");
        }

        (_now, _arguments, Block) = (contexts, arguments, block);
        if (!counts)
        {
            (Contexts, Takes) = (contexts, arguments);
            return;
        }

        Contexts = [.. contexts, .. Contexts.Except(contexts)];
        if (Counts(Takes) != Counts(arguments))
        {
            Takes = Takes.Length == 0 || arguments is "any" || arguments.EndsWith('+')
                ? arguments
                : string.Join(',', Counts(Takes).Split(',').Union(Counts(arguments).Split(',')).Order(StringComparer.Ordinal));
        }
    }
    /// <summary>A flag is one argument.</summary>
    private static string Counts(string arguments) => arguments == "flag" ? "1" : arguments;
}
