using Summit.Ops.Nginx.Syntax;

namespace Summit.Ops.Nginx.Semantics;

/// <summary>nginx's variables for one request: what the request and the configuration decide, and of the rest what it depends on.</summary>
internal static class Variables
{
    private static readonly string[] OfArguments = ["$arg_token", "${arg_token", "$args", "${args", "$query_string", "${query_string"];

    public static TextValue Get(string name, RequestState state)
    {
        if (name.Length == 1 && name[0] is >= '1' and <= '9')
        {
            var number = name[0] - '0';
            return number < state.Captures.Length ? state.Captures[number] ?? "" : "";
        }

        if (state.Variables.TryGetValue(name, out var set)) return set;
        if (state.Model.Maps.TryGetValue(name, out var map))
        {
            if (map.IsVolatile) return map.Evaluate(state);
            if (!state.Cached.TryGetValue(name, out var value)) state.Cached[name] = value = map.Evaluate(state);
            return value;
        }

        // nginx takes $HOST for $host
        return BuiltIn(name.ToLowerInvariant(), state);
    }

    /// <summary>A text that decides something: not known where it has the arguments of a client with a token.</summary>
    public static TextValue Decisive(string text, RequestState state, bool escapeCaptures = false) =>
        state.Request.HasToken && OfArguments.Any(name => text.Contains(name, StringComparison.OrdinalIgnoreCase))
            ? TextValue.Unknown("the client's token")
            : VariableText.Evaluate(text, state, escapeCaptures);

    private static TextValue BuiltIn(string name, RequestState state)
    {
        var request = state.Request;
        switch (name)
        {
            case "host":
                return state.Host;
            case "uri" or "document_uri":
                return state.Uri;
            case "request_uri":
                return state.Original.Unparsed;
            case "args" or "query_string":
                return state.Args;
            case "is_args":
                return state.Args.Length > 0 || request.HasToken ? "?" : "";
            case "scheme":
                return request.Tls ? "https" : "http";
            case "https":
                return request.Tls ? "on" : "";
            case "request_method":
                return state.Method;
            case "server_port":
                return request.Port.ToString();
            case "server_protocol":
                return "HTTP/1.1";
            case "server_name":
                return state.Server.Names.Count > 0
                    ? state.Server.Names[0].TrimStart('~') is var first && first.StartsWith('.') ? first[1..] : state.Server.Names[0]
                    : "";
            case "request":
                return $"{request.Method} {state.Original.Unparsed} HTTP/1.1";
            case "proxy_host" or "proxy_port":
                return ProxyTarget.Variable(name, state);
            case "document_root" or "realpath_root" or "request_filename":
                return TextValue.Unknown($"${name}, a path on the server's disk");
            case "content_length" or "content_type":
                return Header(name.Replace('_', '-'), state);
            case "limit_rate":
                return "0";
            case "remote_addr":
                return RemoteAddress(state);
            case "proxy_add_x_forwarded_for":
                return ForwardedFor(state);
            case "server_addr" when request.LocalAddress is not null:
                return request.LocalAddress;
        }

        if (name.StartsWith("http_", StringComparison.Ordinal)) return Header(name[5..].Replace('_', '-'), state);
        if (name.StartsWith("arg_", StringComparison.Ordinal)) return Arg(name[4..], state.Args);
        if (name.StartsWith("cookie_", StringComparison.Ordinal)) return Cookie(name[7..], state);
        if (state.Model.SetNames.Contains(name)) return "";
        if (request.Samples is { } samples && samples.TryGetValue(name, out var sample)) return NginxText.Take(sample);
        return TextValue.Unknown($"${NginxText.Show(name)}, which is known only while nginx runs");
    }

    private static TextValue RemoteAddress(RequestState state)
    {
        if (state.Request.RemoteAddress is not { } address) return TextValue.Unknown("the client's address");
        return EffectiveDirectives.Find(state.Level, DirectiveName.SetRealIpFrom).Origin is null
            ? address
            : TextValue.Unknown("the client's address, which set_real_ip_from takes from a header");
    }

    /// <summary>The client's own X-Forwarded-For header, and its address behind it.</summary>
    private static TextValue ForwardedFor(RequestState state)
    {
        var (before, address) = (Header("x-forwarded-for", state), RemoteAddress(state));
        if (!before.IsKnown || !address.IsKnown) return before.IsKnown ? address : before;
        return before.Text!.Length == 0 ? address : $"{before.Text}, {address.Text}";
    }

    private static TextValue Header(string name, RequestState state) =>
        state.Request.Header(name) is { } value ? NginxText.Take(value) : TextValue.Unknown($"the client's {name} header");

    /// <summary>The first argument of the name, upper and lower case alike, not decoded.</summary>
    private static string Arg(string name, string args)
    {
        foreach (var pair in args.Split('&'))
        {
            if (pair.Length > name.Length && pair[name.Length] == '=' && pair.StartsWith(name, StringComparison.OrdinalIgnoreCase))
            {
                return pair[(name.Length + 1)..];
            }
        }

        return "";
    }

    private static TextValue Cookie(string name, RequestState state)
    {
        if (state.Request.Header("Cookie") is not { } header) return TextValue.Unknown($"the client's cookie {name}");
        foreach (var pair in header.Split(';', StringSplitOptions.TrimEntries))
        {
            if (pair.Length > name.Length && pair[name.Length] == '=' && pair.StartsWith(name, StringComparison.OrdinalIgnoreCase))
            {
                return NginxText.Take(pair[(name.Length + 1)..]);
            }
        }

        return "";
    }
}
