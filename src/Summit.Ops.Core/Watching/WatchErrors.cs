using Summit.Ops.Errors;
using Summit.Ops.Text;

namespace Summit.Ops.Watching;

/// <summary>What cannot be watched, or did not come in time.</summary>
public static class WatchErrors
{
    /// <summary>A folder for evidence that is not there.</summary>
    public static SummitException NoFolder(string path) =>
        new SummitFileException(
            "EvidenceFolderNotFound", SummitErrorKind.NotFound, $"There is no folder {path}.", path,
            $"New-Item -ItemType Directory -Path {PowerShellWord.Quote(path)}");

    /// <summary>A diagnosis of something that is no site.</summary>
    public static SummitException NoSite() => new SummitArgumentException(
        "DiagnoseNeedsSite", "Only a site is diagnosed, and none is given.", null,
        "Watch-SummitWebSocket -Site (New-SummitSite -ServerName api.example.com) -Diagnose");

    /// <summary>The time is up.</summary>
    public static SummitException TimedOut(SummitWatchSummary summary, SummitWatchGoal goal, TimeSpan duration)
    {
        ArgumentNullException.ThrowIfNull(summary);
        return new SummitHostException(
            "WatchTimeout", SummitErrorKind.Timeout,
            $"{summary.Uri} did not become {goal} within {WatchWords.Time(duration)}: it is {summary.State}.", summary.Uri,
            $"Test-SummitWebSocket -Uri {PowerShellWord.Quote(summary.Uri)}");
    }
}
