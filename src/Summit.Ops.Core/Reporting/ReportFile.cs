using System.Text.Json;
using Summit.Ops.Errors;
using Summit.Ops.Reporting.Html;
using Summit.Ops.Text;
using Summit.Ops.Watching;

namespace Summit.Ops.Reporting;

/// <summary>A report as a file: which form its name asks for, whether it may be written there, and the JSON one read back.</summary>
public static class ReportFile
{
    private static readonly (string Extension, SummitReportFormat Format)[] Extensions =
    [
        (".html", SummitReportFormat.Html), (".htm", SummitReportFormat.Html), (".md", SummitReportFormat.Markdown),
        (".markdown", SummitReportFormat.Markdown),
        (".xml", SummitReportFormat.JUnit), (".sarif.json", SummitReportFormat.Sarif),
        (".sarif", SummitReportFormat.Sarif), (".json", SummitReportFormat.Json), (".prom", SummitReportFormat.Prometheus),
    ];

    /// <summary>The format that a file's name asks for.</summary>
    /// <exception cref="SummitArgumentException">It asks for none.</exception>
    public static SummitReportFormat FormatOf(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        foreach (var (extension, format) in Extensions)
        {
            if (path.EndsWith(extension, StringComparison.OrdinalIgnoreCase)) return format;
        }

        throw new SummitArgumentException(
            "ReportFormatUnknown",
            $"The name '{ForeignText.Visible(Path.GetFileName(path))}' does not say which format the report shall have.", path,
            "Give it an extension (.html, .md, .xml, .json, .sarif, .prom), or say it: -Format Html");
    }

    /// <summary>Refuses a place where a report cannot be written, before any work is done for it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="force">Whether a file that is there may be replaced.</param>
    /// <exception cref="SummitFileException">It cannot be written there.</exception>
    public static void CheckPlace(string path, bool force)
    {
        ArgumentNullException.ThrowIfNull(path);
        var folder = Path.GetDirectoryName(path);
        if (Directory.Exists(path))
        {
            throw new SummitFileException(
                "ReportPathIsFolder", SummitErrorKind.InvalidArgument, $"{path} is a folder.", path,
                $"Name a file in it: -Path {PowerShellWord.Quote(Path.Join(path, "report.html"))}");
        }

        if (!string.IsNullOrEmpty(folder) && !Directory.Exists(folder))
        {
            throw new SummitFileException(
                "ReportFolderNotFound", SummitErrorKind.NotFound, $"There is no folder {folder}.", path,
                $"New-Item -ItemType Directory -Path {PowerShellWord.Quote(folder)}");
        }

        if (!force && File.Exists(path))
        {
            throw new SummitFileException(
                "ReportFileExists", SummitErrorKind.OperationFailed, $"{path} is there already.", path, "Add -Force to replace it.");
        }
    }

    /// <summary>
    /// Tries whether a file can be made beside the report, so that hours of looking are not lost for a folder that may not be written.
    /// </summary>
    /// <exception cref="SummitFileException">It cannot.</exception>
    public static void TryPlace(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        try
        {
            using var tried = new FileStream(
                $"{path}.{Environment.ProcessId}.try", FileMode.CreateNew, FileAccess.Write, FileShare.None,
                bufferSize: 1, FileOptions.DeleteOnClose);
        }
        catch (Exception error) when (error is UnauthorizedAccessException or IOException)
        {
            throw NotWritten(path, error);
        }
    }

    /// <summary>Writes it, whole or not at all, with every secret masked.</summary>
    /// <exception cref="SummitFileException">It cannot be written.</exception>
    public static void Write(Report report, SummitReportFormat format, string path)
    {
        try
        {
            WholeFile.Write(path, Render(report, format), ownerOnly: false);
        }
        catch (Exception error) when (error is UnauthorizedAccessException or IOException)
        {
            throw NotWritten(path, error);
        }
    }

    /// <summary>The text of a report in one of its forms, with every secret masked.</summary>
    public static string Render(Report report, SummitReportFormat format)
    {
        ArgumentNullException.ThrowIfNull(report);
        var clean = report with
        {
            Subjects = ReportSubjects.Of([.. report.Values.Select(ReportRedaction.Of)]),
            Baseline = report.Baseline is { } baseline ? (SummitBaseline)ReportRedaction.Of(baseline) : null,
        };
        return format switch
        {
            SummitReportFormat.Html => HtmlReport.Write(clean),
            SummitReportFormat.Markdown => MarkdownReport.Write(clean),
            SummitReportFormat.JUnit => JUnitReport.Write(clean),
            SummitReportFormat.Json => JsonReport.Write(clean),
            SummitReportFormat.Sarif => SarifReport.Write(clean),
            SummitReportFormat.Prometheus => PrometheusReport.Write(clean),
            _ => throw new ArgumentOutOfRangeException(nameof(format), format, "No such format."),
        };
    }

    /// <summary>Reads a JSON report, or the record of a watch.</summary>
    /// <exception cref="SummitFileException">The file is missing, unreadable, or no JSON report.</exception>
    public static Report Read(string path)
    {
        const string make = "Invoke-SummitDiagnostic | Export-SummitReport -Path ./baseline.json";
        try
        {
            var text = File.ReadAllText(path);
            if (!WatchFile.Is(text)) return JsonReport.Read(text);
            var written = new DateTimeOffset(File.GetLastWriteTimeUtc(path));
            return new Report { Made = written, Subjects = ReportSubjects.Of(WatchFile.Read(text)) };
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException)
        {
            throw new SummitFileException(
                "ReportInvalid", SummitErrorKind.InvalidData, $"{path} is no JSON report: {error.Message}", path, make, error);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new SummitFileException("ReportNotFound", SummitErrorKind.NotFound, $"There is no report {path}.", path, make, error);
        }
        catch (Exception error) when (error is UnauthorizedAccessException or IOException)
        {
            throw new SummitFileException(
                "ReportUnreadable", SummitErrorKind.PermissionDenied, $"{path} cannot be read: {error.Message}", path,
                $"ls -l {ShellWord.Quote(path)}", error);
        }
    }

    /// <summary>Why a file cannot be written.</summary>
    internal static SummitFileException NotWritten(string path, Exception error) =>
        new(
            "ReportNotWritten", SummitErrorKind.PermissionDenied, $"The report cannot be written to {path}: {error.Message}", path,
            $"ls -ld {ShellWord.Quote(Path.GetDirectoryName(Path.GetFullPath(path)) ?? path)}", error);
}
