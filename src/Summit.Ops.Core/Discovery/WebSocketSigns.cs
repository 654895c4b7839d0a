using Summit.Ops.Nginx.Semantics;
using Summit.Ops.Nginx.Syntax;

namespace Summit.Ops.Discovery;

/// <summary>What in a configuration speaks for a WebSocket at a place that passes requests on.</summary>
internal sealed class WebSocketSigns
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan VeryLong = TimeSpan.FromHours(1);
    private readonly List<string> _strong = [];
    private readonly List<string> _weak = [];
    private readonly NginxModel _model;

    private WebSocketSigns(NginxModel model) => _model = model;

    /// <summary>The signs, the strong ones first.</summary>
    public IReadOnlyList<string> Said => [.. _strong, .. _weak];

    /// <summary>What they make of it: a strong one, or two weak ones, make it likely.</summary>
    public SummitWebSocketLikelihood Likelihood =>
        _strong.Count > 0 || _weak.Count > 1
            ? SummitWebSocketLikelihood.Likely
            : _weak.Count == 1 ? SummitWebSocketLikelihood.Possible : SummitWebSocketLikelihood.Unlikely;

    /// <summary>The signs for a request that ends at a proxy.</summary>
    public static WebSocketSigns Of(NginxModel model, RouteTrace trace, string path, string host)
    {
        var signs = new WebSocketSigns(model);
        signs.ReadHeaders(trace);
        signs.ReadConditions(trace.Level!);
        signs.ReadTimeouts(trace.Level!);
        if (WebSocketNames.In(path) is { } name) signs._strong.Add($"the path name {name}");
        else if (WebSocketNames.Weak(path) is { } weak) signs._weak.Add($"the path name {weak}");
        if (WebSocketNames.InHost(host) is not null) signs._weak.Add($"the host name {host}");
        if (trace.Proxy?.Group is { } group && WebSocketNames.InGroup(group.Name))
        {
            signs._weak.Add($"upstream {NginxText.Show(group.Name)} {At(group.Origin)}");
        }

        return signs;
    }

    private static string At(DirectiveRef directive) => $"({directive.File}:{directive.Line})";

    private void ReadHeaders(RouteTrace trace)
    {
        var headers = EffectiveDirectives.Find(trace.Level!, DirectiveName.ProxySetHeader).Directives;
        var upgrade = headers.FirstOrDefault(
            header => header.Argument(0).Equals("Upgrade", StringComparison.OrdinalIgnoreCase) && header.Argument(1).Length > 0);
        if (trace.Upgrades == true)
        {
            _strong.Add($"the upgrade reaches the backend{(upgrade.Document is null ? "" : $": proxy_set_header Upgrade {At(upgrade)}")}");
        }
        else if (upgrade.Document is not null)
        {
            _strong.Add($"proxy_set_header Upgrade {At(upgrade)}, though the upgrade does not reach the backend");
        }

        foreach (var header in headers)
        {
            if (header.Argument(0).Equals("Connection", StringComparison.OrdinalIgnoreCase) && Map(header.Argument(1)) is { } map)
            {
                _strong.Add($"map {map.Origin.ShowArguments()} {At(map.Origin)}");
            }
        }
    }

    private void ReadConditions(Scope level)
    {
        foreach (var scope in EffectiveDirectives.Levels(level))
        {
            if (scope.Kind is not (ScopeKind.Server or ScopeKind.Location or ScopeKind.If)) continue;
            foreach (var directive in scope.Directives)
            {
                if (directive.Id == DirectiveName.If && directive.Arguments().Any(AsksForUpgrade))
                {
                    _strong.Add($"if {directive.ShowArguments()} {At(directive)}");
                }
            }
        }
    }

    private void ReadTimeouts(Scope level)
    {
        if (EffectiveDirectives.Find(level, DirectiveName.ProxyReadTimeout).Directives is not [.., var timeout]
            || NginxTime.Read(timeout.Argument(0)) is not { } time || time < Long)
        {
            return;
        }

        (time >= VeryLong ? _strong : _weak).Add($"proxy_read_timeout {timeout.ShowArguments()} {At(timeout)}");
    }

    private bool AsksForUpgrade(string text) =>
        VariableText.Names(text).Any(name => name.Equals("http_upgrade", StringComparison.OrdinalIgnoreCase)) || Map(text) is not null;

    /// <summary>The block that makes a variable of the text from the client's Upgrade header.</summary>
    private VariableBlock? Map(string text) =>
        VariableText.Names(text).Select(name => _model.Maps.GetValueOrDefault(name))
            .FirstOrDefault(map => map is not null
                && VariableText.Names(map.Source).Any(source => source.Equals("http_upgrade", StringComparison.OrdinalIgnoreCase)));
}
