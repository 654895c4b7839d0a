using Summit.Ops.Help;

// Summit.Ops.Help --assembly bin/Summit.Ops.dll --references FILE --topics FOLDER --output en-US --pages docs/cmdlets
// [--causes docs/causes] [--strict]
var options = Options.Parse(args);
if (options is null)
{
    Console.Error.WriteLine("usage: Summit.Ops.Help --assembly FILE.dll --references FILE --topics FOLDER --output FOLDER --pages FOLDER "
        + "[--causes FOLDER] [--strict]");
    return 2;
}

var cmdlets = CmdletReader.Read(options.Assembly, options.References);
var gaps = Gaps.In(cmdlets).ToList();
foreach (var gap in gaps)
{
    // the form that MSBuild shows as an error or a message of the build
    Console.WriteLine(options.Strict ? $"Summit.Ops.Help : error SOH001: {gap}" : $"Summit.Ops.Help: {gap}");
}

if (options.Strict && gaps.Count > 0) return 1;

var help = Path.GetFileName(options.Assembly) + "-Help.xml";
HelpFile.Write(Path.Combine(options.Output, help), MamlWriter.Write(cmdlets));
foreach (var topic in Directory.EnumerateFiles(options.Topics, "about_*.md").Order(StringComparer.Ordinal))
{
    var name = Path.GetFileNameWithoutExtension(topic);
    HelpFile.Write(Path.Combine(options.Output, name + ".help.txt"), AboutTopic.Render(name, File.ReadAllText(topic)));
}

var names = cmdlets.Select(cmdlet => cmdlet.Name).ToHashSet(StringComparer.Ordinal);
foreach (var cmdlet in cmdlets) HelpFile.Write(Path.Combine(options.Pages, cmdlet.Name + ".md"), MarkdownWriter.Write(cmdlet, names));
HelpFile.Write(Path.Combine(options.Pages, "README.md"), MarkdownWriter.Index(cmdlets));
if (options.Causes.Length > 0)
{
    foreach (var (file, text) in CausePages.All()) HelpFile.Write(Path.Combine(options.Causes, file), text);
}

return 0;
