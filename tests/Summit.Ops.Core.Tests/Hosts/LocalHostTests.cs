using Summit.Ops.Errors;
using Summit.Ops.Hosts;

namespace Summit.Ops.Core.Tests.Hosts;

public sealed class LocalHostTests
{
    private readonly LocalHost _host = new();

    [Fact]
    public async Task Output_error_and_exit_code_come_back_whole()
    {
        var result = await _host.RunAsync(
            Script("i=0; while [ $i -lt 20000 ]; do echo line-$i; i=$((i+1)); done; echo oops >&2; exit 7"),
            TestContext.Current.CancellationToken);

        Assert.Equal(7, result.ExitCode);
        Assert.Equal("oops\n", result.Error);
        Assert.Equal(20000, result.Output.Count(c => c == '\n'));
    }

    [Fact]
    public async Task A_script_that_hangs_is_stopped_and_named()
    {
        var error = await Assert.ThrowsAsync<SummitHostException>(() => _host.RunAsync(
            new HostScript("hang", "sleep 60", TimeSpan.FromMilliseconds(300), ReadOnly: true), TestContext.Current.CancellationToken));

        Assert.Equal("ScriptTimedOut", error.ErrorId);
        Assert.Contains("'hang'", error.Message);
        Assert.NotEmpty(error.RecommendedAction);
    }

    [Fact]
    public async Task A_changing_script_is_told_to_stop_and_may_clean_up_first()
    {
        var folder = Directory.CreateTempSubdirectory("summit-");
        try
        {
            using var cancel = new CancellationTokenSource();
            var started = Path.Combine(folder.FullName, "started");
            var undone = Path.Combine(folder.FullName, "undone");
            var run = _host.RunAsync(
                new HostScript(
                    "change",
                    $"trap 'sleep 0.3; touch {undone}; exit 4' TERM; touch {started}; while :; do sleep 0.1; done",
                    TimeSpan.FromSeconds(30), ReadOnly: false), cancel.Token);
            while (!File.Exists(started)) await Task.Delay(20, TestContext.Current.CancellationToken);
            await cancel.CancelAsync();

            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
            Assert.True(File.Exists(undone), "the script ended before it had put things back");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_script_that_needs_longer_to_put_things_back_has_the_time_that_it_says()
    {
        var folder = Directory.CreateTempSubdirectory("summit-");
        try
        {
            foreach (var (time, expected) in new[] { (TimeSpan.FromMilliseconds(100), false), (TimeSpan.FromMinutes(1), true) })
            {
                using var cancel = new CancellationTokenSource();
                var (started, undone) = (
                    Path.Combine(folder.FullName, $"started-{expected}"), Path.Combine(folder.FullName, $"undone-{expected}"));
                var script = new HostScript(
                    "change",
                    $"trap 'sleep 2; touch {undone}; exit 4' TERM; touch {started}; while :; do sleep 0.1; done",
                    TimeSpan.FromMinutes(1), ReadOnly: false) { RollBackTime = time };
                var run = _host.RunAsync(script, cancel.Token);
                while (!File.Exists(started)) await Task.Delay(20, TestContext.Current.CancellationToken);
                await cancel.CancelAsync();
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
                Assert.Equal(expected, File.Exists(undone));
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static HostScript Script(string text) => new("test", text, TimeSpan.FromSeconds(30), ReadOnly: true);
}
