using System.Net;
using System.Text.Json;
using Summit.Ops.Text;

namespace Summit.Ops.Evidence;

/// <summary>Finds the site's backend in what its manager says.</summary>
internal static class BackendProcesses
{
    // in milliseconds since 1970
    private const double LastMoment = 253402300800000;

    private static readonly string[] ListStarts = ["\n[{", "\n[]"];

    /// <summary>The processes of that name in the output of <c>pm2 jlist</c>; null where the output is no list.</summary>
    /// <remarks>
    /// pm2 may print notices before the list, some of them in brackets: it begins at the first line that opens an
    /// array of objects, or an empty one.
    /// </remarks>
    public static IReadOnlyList<SummitBackend>? FromPm2(
        string jlist, SummitSite site, SummitTarget target, IReadOnlyList<IPEndPoint> listeners, DateTimeOffset now) =>
        Listed(jlist, process => Text(process, "name") == site.ProcessName ? FromPm2(process, site, target, listeners, now) : null);

    /// <summary>The processes of other names in that list, each with its status.</summary>
    public static IReadOnlyList<SummitBackend> Others(string jlist, SummitSite site, SummitTarget target) =>
        Listed(jlist, process => Text(process, "name") is { Length: > 0 } name
            && name != site.ProcessName ? FromPm2(process, site, target, [], default) with { Name = name } : null)
            ?? [];

    private static List<SummitBackend>? Listed(string jlist, Func<JsonElement, SummitBackend?> read)
    {
        var start = ListStarts.Select(mark => ("\n" + jlist).IndexOf(mark, StringComparison.Ordinal))
            .Where(at => at >= 0)
            .DefaultIfEmpty(-1).Min();
        if (start < 0) return null;
        try
        {
            using var list = JsonDocument.Parse(jlist.AsMemory(start));
            return [.. list.RootElement.EnumerateArray().Select(read).OfType<SummitBackend>()];
        }
        catch (Exception error) when (error is JsonException or ArgumentException or InvalidOperationException)
        {
            // no list, or half of a surrogate pair in it or in a name, which is no text
            return null;
        }
    }

    /// <summary>The unit, from the output of <c>systemctl show</c>; null where there is no such unit.</summary>
    public static SummitBackend? FromSystemd(string show, SummitSite site, SummitTarget target, IReadOnlyList<IPEndPoint> listeners) =>
        SystemdUnit.Read(show) is not { } unit ? null : Backend(site, target, listeners, SummitBackendManager.Systemd) with
        {
            Name = unit.Name.Length > 0 ? unit.Name : site.ProcessName,
            ProcessId = unit.ProcessId,
            Status = unit.IsMasked && unit.State != "active" ? "masked" : unit.State,
            Restarts = unit.Restarts,
            WorkingDirectory = unit.WorkingDirectory,
        };

    /// <summary>A process that pm2's daemon does not run, or whose daemon is gone, and that its dump names.</summary>
    public static SummitBackend Saved(SummitSite site, SummitTarget target, IReadOnlyList<IPEndPoint> listeners, BackendOwner owner) =>
        Backend(site, target, listeners, SummitBackendManager.Pm2) with { Status = owner.Alive ? "not in the list" : "not started" };

    /// <summary>What is known without a manager: whether anything listens.</summary>
    public static SummitBackend Unmanaged(SummitSite site, SummitTarget target, IReadOnlyList<IPEndPoint> listeners) =>
        Backend(site, target, listeners, SummitBackendManager.None);

    private static SummitBackend FromPm2(
        JsonElement process, SummitSite site, SummitTarget target, IReadOnlyList<IPEndPoint> listeners, DateTimeOffset now)
    {
        var environment = process.TryGetProperty("pm2_env", out var env) ? env : default;
        var monitor = process.TryGetProperty("monit", out var monit) ? monit : default;
        var status = Text(environment, "status");
        return Backend(site, target, listeners, SummitBackendManager.Pm2) with
        {
            ProcessId = Number(process, "pid") is { } id and > 0 and <= int.MaxValue ? (int)id : null,
            Status = status,
            Restarts = (int)Math.Clamp(Number(environment, "restart_time") ?? 0, 0, int.MaxValue),
            Uptime = status == "online" && Number(environment, "pm_uptime") is { } since and >= 0 and < LastMoment
                ? now - DateTimeOffset.FromUnixTimeMilliseconds((long)since)
                : null,
            Memory = Number(monitor, "memory") is { } memory ? (long)memory : null,
            Cpu = Number(monitor, "cpu"),
            Mode = Text(environment, "exec_mode").Replace("_mode", "", StringComparison.Ordinal),
            WorkingDirectory = Text(environment, "pm_cwd"),
            OutputLogPath = Text(environment, "pm_out_log_path"),
            ErrorLogPath = Text(environment, "pm_err_log_path"),
        };
    }

    private static SummitBackend Backend(
        SummitSite site, SummitTarget target, IReadOnlyList<IPEndPoint> listeners, SummitBackendManager manager)
    {
        var addresses = listeners.Where(listener => listener.Port == site.BackendPort).Select(listener => listener.ToString())
            .Distinct(StringComparer.Ordinal).ToList();
        return new SummitBackend
        {
            Target = target,
            Name = site.ProcessName,
            Manager = manager,
            Port = site.BackendPort,
            Listening = addresses.Count > 0,
            ListenAddress = addresses,
        };
    }

    private static string Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? Said(value)
            : "";

    // the account's own words: a status or a path with a control character must do nothing to a terminal
    private static string Said(JsonElement value)
    {
        try
        {
            return ForeignText.Visible(value.GetString()!);
        }
        catch (InvalidOperationException)
        {
            // half of a surrogate pair is no text
            return "";
        }
    }

    private static double? Number(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number
            ? value.GetDouble()
            : null;
}
