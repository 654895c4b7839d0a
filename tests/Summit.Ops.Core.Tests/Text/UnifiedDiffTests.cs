using System.Diagnostics;
using Summit.Ops.Text;

namespace Summit.Ops.Core.Tests.Text;

public sealed class UnifiedDiffTests
{
    [Fact]
    public void The_same_text_has_none() => Assert.Equal("", UnifiedDiff.Of("a\nb\n", "a\nb\n", "f"));

    [Fact]
    public void A_new_file_comes_from_dev_null() =>
        Assert.Equal("--- /dev/null\n+++ f\n@@ -0,0 +1,2 @@\n+a\n+b\n", UnifiedDiff.Of(null, "a\nb\n", "f"));

    [Fact]
    public void A_missing_newline_is_said() => Assert.Contains("\\ No newline at end of file", UnifiedDiff.Of("a\nb", "a\nb\n", "f"));

    [Fact]
    public void Control_characters_do_not_reach_the_console() => Assert.DoesNotContain('\x1b', UnifiedDiff.Of("a\n", "\x1b[2Jb\n", "f"));

    /// <summary>patch(1) is the judge: what the diff says turns the one text into the other.</summary>
    [Fact]
    public async Task Patch_applies_what_it_says()
    {
        if (!File.Exists("/usr/bin/patch")) Assert.Skip("patch is not installed here");
        var random = new Random(7);
        var folder = Directory.CreateTempSubdirectory("summit-");
        try
        {
            for (var run = 0; run < 40; run++)
            {
                var before = Enumerable.Range(0, random.Next(0, 60)).Select(_ => $"line {random.Next(12)}").ToList();
                var after = before.ToList();
                for (var edit = random.Next(1, 6); edit > 0; edit--)
                {
                    if (after.Count > 0 && random.Next(2) == 0) after.RemoveAt(random.Next(after.Count));
                    else after.Insert(random.Next(after.Count + 1), $"new {random.Next(100)}");
                }

                var (old, changed) = (Joined(before), Joined(after));
                var file = Path.Combine(folder.FullName, "f");
                await File.WriteAllTextAsync(file, old, TestContext.Current.CancellationToken);
                var diff = UnifiedDiff.Of(old, changed, "f");
                if (diff.Length == 0) continue;
                using var patch = Process.Start(new ProcessStartInfo(
                    "/usr/bin/patch",
                    ["-s", file]) { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false })!;
                await patch.StandardInput.WriteAsync(diff);
                patch.StandardInput.Close();
                await patch.WaitForExitAsync(TestContext.Current.CancellationToken);
                Assert.Equal(0, patch.ExitCode);
                Assert.Equal(changed, File.Exists(file) ? await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken) : "");
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string Joined(List<string> lines) => string.Concat(lines.Select(line => line + "\n"));
}
