using Summit.Ops.Nginx.Semantics;
using Summit.Ops.Nginx.Syntax;

namespace Summit.Ops.Checks.Nginx;

/// <summary>One of the expected config's plain headers is sent to the backend.</summary>
internal abstract class ProxyHeaderRule : NginxRule
{
    /// <summary>The header's name.</summary>
    public abstract string Header { get; }

    /// <summary>The value that the guide has.</summary>
    public abstract string Value { get; }

    /// <summary>What goes wrong without it.</summary>
    protected abstract string Harm { get; }

    /// <summary>Whether another value than the guide's does as well.</summary>
    protected virtual bool Accepts(string value, RuleContext context) => value.Length > 0;

    public override RuleVerdict Judge(RuleContext context)
    {
        if (context.Level is not { } level || EffectiveDirectives.Find(level, DirectiveName.ProxyPass).Directives.Count == 0)
        {
            return RuleVerdict.Skipped($"requests for {context.Site.WebSocketPath} are not passed to an HTTP backend");
        }

        var (directives, origin) = EffectiveDirectives.Find(level, DirectiveName.ProxySetHeader);
        var own = directives.Where(directive => directive.Argument(0).Equals(Header, StringComparison.OrdinalIgnoreCase)).Take(1).ToArray();
        var value = EffectiveDirectives.ProxyHeader(level, Header, context.Modern);
        if (value is not null && Accepts(value, context))
        {
            return RuleVerdict.Pass($"the backend gets {Header}: {NginxText.Show(value)}") with
            {
                File = own.Length > 0 ? own[0].File : null,
                Line = own.Length > 0 ? own[0].Line : null,
            };
        }

        if (own.Length == 0 && RuleContext.UnreadInclude(level) is { } include
            && (origin is null || origin == level || include.Document == level.Origin.Document))
        {
            return RuleVerdict.Unknown($"{Header} is not in what was read, and include {include.ShowArguments()} was not read").At(include);
        }

        var verdict = RuleVerdict.Fail(
            SummitCause.None, Harm, $"proxy_set_header {Header} {Value};",
            value switch { null => "not set", "" => "removed", _ => $"{Header}: {NginxText.Show(value)}" },
            context.RepairCommand(level.File));
        return own.Length > 0 ? verdict.At(own[0]) : verdict.At(level);
    }
}

/// <summary>Without it the backend sees <c>$proxy_host</c>, and its check of the Origin header fails.</summary>
internal sealed class HostHeaderRule : ProxyHeaderRule
{
    public override CheckDefinition Definition { get; } = new(
        "Nginx.HostHeader", "Host header is passed on", SummitSeverity.Warning, SummitRuleScope.Files);

    public override string Header => "Host";

    public override string Value => "$host";

    protected override string Harm =>
        "the backend sees its own address as Host in place of the site's name, and a check of the browser's Origin against it fails";

    protected override bool Accepts(string value, RuleContext context)
    {
        if (value.Contains("proxy_host", StringComparison.Ordinal)) return false;
        return value.Contains('$', StringComparison.Ordinal)
            || value.Split(':')[0].Equals(context.Site.ServerName, StringComparison.OrdinalIgnoreCase);
    }
}

/// <summary>The client's address for the application's log and limits.</summary>
internal sealed class RealIpHeaderRule : ProxyHeaderRule
{
    public override CheckDefinition Definition { get; } = new(
        "Nginx.RealIpHeader", "X-Real-IP header is passed on", SummitSeverity.Advice, SummitRuleScope.Files);

    public override string Header => "X-Real-IP";

    public override string Value => "$remote_addr";

    protected override string Harm => "the application sees nginx's address in place of the client's";
}

/// <summary>The chain of addresses that the request came through.</summary>
internal sealed class ForwardedForHeaderRule : ProxyHeaderRule
{
    public override CheckDefinition Definition { get; } = new(
        "Nginx.ForwardedForHeader", "X-Forwarded-For header is passed on", SummitSeverity.Advice, SummitRuleScope.Files);

    public override string Header => "X-Forwarded-For";

    public override string Value => "$proxy_add_x_forwarded_for";

    protected override string Harm => "the application cannot tell where the request came from";
}

/// <summary>Whether the client came by TLS.</summary>
internal sealed class ForwardedProtoHeaderRule : ProxyHeaderRule
{
    public override CheckDefinition Definition { get; } = new(
        "Nginx.ForwardedProtoHeader", "X-Forwarded-Proto header is passed on", SummitSeverity.Advice, SummitRuleScope.Files);

    public override string Header => "X-Forwarded-Proto";

    public override string Value => "$scheme";

    protected override string Harm => "the application takes the connection for plain HTTP, and may redirect or refuse it";
}
