using System.Globalization;
using System.Text.RegularExpressions;
using Summit.Ops.Evidence;
using Summit.Ops.Text;

namespace Summit.Ops.Checks.Host;

/// <summary>What nginx's error log says of the last minutes that only the log can say: a denied connect, connections used up, a reload that failed.</summary>
internal sealed partial class NginxErrorLog : ICheck
{
    private static readonly TimeSpan Recent = TimeSpan.FromMinutes(15);

    private static readonly (string Mark, SummitCause Cause, string Fix)[] Known =
    [
        ("connect() failed (13: Permission denied)", SummitCause.SelinuxDenied, "sudo setsebool -P httpd_can_network_connect 1"),
        ("worker_connections are not enough", SummitCause.NginxConnectionLimit, "Restart-SummitNginx   # once worker_connections in the events block of nginx.conf is raised"),
        ("Too many open files", SummitCause.NginxConnectionLimit, "Restart-SummitNginx   # once worker_rlimit_nofile in nginx.conf is raised"),
        ("still could not bind()", SummitCause.NginxReloadFailed, "sudo ss -ltnp   # see who has the port and end it, then: Restart-SummitNginx"),
    ];

    public SummitCheck Evaluate(SiteEvidence evidence)
    {
        var finding = new Finding("Nginx.ErrorLog", "Nginx error log of the last 15 minutes", SummitSeverity.Error, evidence.Target.Name);
        if (evidence.Host is not { } host) return finding.Unknown(evidence.HostMissing);
        var logs = host.ErrorLogs().ToList();
        if (logs.Count == 0) return finding.Unknown("No error log of nginx could be read.", "sudo tail -n 50 /var/log/nginx/error.log");

        foreach (var (path, text) in logs)
        {
            foreach (var line in Enumerable.Reverse(text.Split('\n', StringSplitOptions.RemoveEmptyEntries)))
            {
                if (!IsRecent(line, host.LocalTime)) break;
                if (Judge(line, host) is var (cause, fix))
                {
                    return finding.Fail(cause, $"{path}: {ForeignText.Visible(line)}", "no such entry", ForeignText.Visible(line), fix, path);
                }
            }
        }

        return finding.Pass($"{string.Join(", ", logs.Select(log => log.Path))}: nothing that breaks WebSockets");
    }

    private static (SummitCause Cause, string Fix)? Judge(string line, HostEvidence host)
    {
        // a permission denied on connect is SELinux's where it enforces; on a unix socket it is the file's mode
        foreach (var (mark, cause, fix) in Known)
        {
            if (line.Contains(mark, StringComparison.Ordinal) && (cause != SummitCause.SelinuxDenied || host.Selinux == "Enforcing")) return (cause, fix);
        }

        return null;
    }

    private static bool IsRecent(string line, DateTime? now)
    {
        var stamp = Stamp().Match(line);
        return now is { } time && stamp.Success
            && DateTime.TryParseExact(stamp.Value, "yyyy/MM/dd HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.None, out var written)
            && time - written < Recent;
    }

    [GeneratedRegex(@"^\d{4}/\d\d/\d\d \d\d:\d\d:\d\d", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Stamp();
}
