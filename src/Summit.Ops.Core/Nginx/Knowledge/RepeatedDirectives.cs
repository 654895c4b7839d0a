namespace Summit.Ops.Nginx.Knowledge;

/// <summary>
/// What makes two lines of a configuration the same setting: the name, or of what may stand several times in one place more than that.
/// </summary>
/// <remarks>
/// nginx's command tables do not say it; the names are those whose setters add to a list (<c>ngx_array_push</c>) in nginx's source.
/// </remarks>
internal static class RepeatedDirectives
{
    /// <summary>Each line is a setting of its own.</summary>
    private static readonly HashSet<string> Lines = new(StringComparer.Ordinal)
    {
        "include", "allow", "deny", "rewrite", "set", "error_page", "add_header", "add_trailer", "set_real_ip_from", "mirror",
        "limit_req_zone", "limit_conn_zone", "geoip_proxy", "fastcgi_catch_stderr", "load_module",
    };

    /// <summary>The first argument says which setting it is: a header's name, a zone, a file.</summary>
    private static readonly HashSet<string> Named = new(StringComparer.Ordinal)
    {
        "limit_req", "limit_conn", "access_log", "error_log", "log_format", "auth_request_set", "sub_filter",
        "perl_set", "js_set", "js_var", "js_import", "env",
        "proxy_redirect", "proxy_cookie_domain", "proxy_cookie_path", "proxy_cookie_flags", "xslt_stylesheet",
        "xslt_param", "xslt_string_param",
    };

    /// <summary>Ends of names that every proxying module has, and those of others who follow them.</summary>
    private static readonly string[] LineEnds = ["_hide_header", "_pass_header", "_cache_bypass", "_no_cache"],
        NamedEnds = ["_set_header", "_cache_valid", "_cache_path", "_conf_command", "_cookie_domain", "_cookie_path", "_cookie_flags"];

    private static readonly HashSet<string> Parameters = new(StringComparer.Ordinal) { "fastcgi_param", "uwsgi_param", "scgi_param" };

    /// <summary>Every name that stands here as a whole, for tests.</summary>
    public static IEnumerable<string> Names => [.. Lines, .. Named, .. Parameters];

    /// <summary>Whether a line of the new configuration is what became of one of the old: its value may be another.</summary>
    public static bool Succeeds(string name, IReadOnlyList<string> arguments, string oldName, IReadOnlyList<string> old)
    {
        if (name != oldName) return false;
        // a line that gains a parameter (ssl) listens where it did
        if (name == "listen")
        {
            return arguments.Count > 0 && old.Count > 0 && arguments[0] == old[0]
                && old.All(argument => arguments.Contains(argument, StringComparer.Ordinal));
        }

        // the same requests, and no other ending
        if (name == "rewrite")
        {
            return arguments.Count == old.Count && old.Count > 1 && arguments[0] == old[0]
                && arguments.Skip(2).SequenceEqual(old.Skip(2), StringComparer.Ordinal);
        }

        if (Lines.Contains(name) || EndsIn(name, LineEnds)) return arguments.SequenceEqual(old, StringComparer.Ordinal);
        if (Named.Contains(name) || Parameters.Contains(name) || EndsIn(name, NamedEnds))
        {
            // a header's name has no case
            return arguments.Count > 0 && old.Count > 0 && string.Equals(
                arguments[0], old[0],
                name.EndsWith("_header", StringComparison.Ordinal) ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal);
        }

        return true;
    }

    private static bool EndsIn(string name, string[] ends) => Array.Exists(ends, end => name.EndsWith(end, StringComparison.Ordinal));
}
