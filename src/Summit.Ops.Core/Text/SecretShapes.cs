using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;

namespace Summit.Ops.Text;

/// <summary>Secrets that their own shape gives away, wherever they stand. Each search takes time in proportion to the text.</summary>
internal static class SecretShapes
{
    private const string KeyBegin = "-----BEGIN ";
    private const string KeyEnd = "PRIVATE KEY-----";
    private const int LongestKeyName = 30;

    private static readonly SearchValues<char> KeyNames = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ");

    private const RegexOptions Linear = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;

    // to build such an expression costs a process more than all else that it does to a text: only where one of these stands in it
    private static readonly string[] TokenPrefixes =
    [
        "eyJ", "AKIA", "ASIA", "gho_", "ghp_", "ghs_", "ghu_", "ghr_", "github_pat_", "glpat-", "npm_", "pypi-", "xox", "xapp-", "AIza",
        "ya29.", "k_live_", "k_test_", "whsec_", "SG.", "sk-", "hvs.", "dop_v1_", "hf_",
    ];

    private static readonly string[] HookPrefixes =
        ["hooks.slack.com/", "discord.com/", "discordapp.com/", "webhook.office.com/", "api.telegram.org/"];

    private static readonly Lazy<Regex> Tokens = new(() => new Regex(
        string.Join('|', [
            @"\beyJ[\w-]{5,}\.[\w-]{5,}(\.[\w-]*)?",            // a JSON web token
            @"\b(AKIA|ASIA)[A-Z0-9]{16}\b",                      // an AWS access key id
            @"\bgh[opusr]_\w{30,}|\bgithub_pat_\w{20,}",         // GitHub
            @"\bglpat-[\w-]{16,}|\bnpm_\w{30,}|\bpypi-[\w-]{16,}", // GitLab, npm, PyPI
            @"\bxox[abeprs]-[\w-]{10,}|\bxapp-[\w-]{10,}",       // Slack
            @"\bAIza[\w-]{30,}|\bya29\.[\w-]{20,}",              // Google
            @"\b[sr]k_(live|test)_\w{10,}|\bwhsec_\w{10,}",      // Stripe
            @"\bSG\.[\w-]{16,}\.[\w-]{16,}",                     // SendGrid
            @"\bsk-(\w{1,8}-){0,2}[A-Za-z0-9_]{20,}",            // OpenAI and others
            @"\bhvs\.[\w-]{20,}|\bdop_v1_\w{30,}|\bhf_[A-Za-z0-9]{30,}",
        ]),
        Linear));

    // the path of a web hook is the secret
    private const string HookHost =
        @"(hooks\.slack\.com/\w+/|discord(app)?\.com/api/webhooks/\d+/|[\w.-]{0,60}webhook\.office\.com/\w+/|api\.telegram\.org/bot)";

    private static readonly Lazy<Regex> Hooks = new(() => new Regex(
        @"\b(?<host>" + HookHost + @")[^\s""'<>]+", Linear | RegexOptions.IgnoreCase));

    /// <summary>The text with each of them masked.</summary>
    public static string Mask(string text)
    {
        text = WithoutKeys(text);
        if (HasOne(text, HookPrefixes, StringComparison.OrdinalIgnoreCase))
        {
            text = Hooks.Value.Replace(text, match => match.Groups["host"].Value + Secrets.Mask);
        }

        return HasOne(text, TokenPrefixes, StringComparison.Ordinal) ? Tokens.Value.Replace(text, Secrets.Mask) : text;
    }

    private static bool HasOne(string text, string[] prefixes, StringComparison comparison) =>
        Array.Exists(prefixes, prefix => text.Contains(prefix, comparison));

    /// <summary>Without private keys in PEM, whole or cut off.</summary>
    private static string WithoutKeys(string text)
    {
        if (!text.Contains(KeyEnd, StringComparison.Ordinal)) return text;
        var clean = new StringBuilder(text.Length);
        for (var at = 0; ;)
        {
            var begin = Begin(text, at);
            if (begin < 0) return clean.Append(text, at, text.Length - at).ToString();
            clean.Append(text, at, begin - at).Append(Secrets.Mask);
            var end = End(text, text.IndexOf(KeyEnd, begin, StringComparison.Ordinal) + KeyEnd.Length);
            if (end < 0) return clean.ToString();
            at = end;
        }
    }

    private static int Begin(string text, int from)
    {
        for (var at = text.IndexOf(KeyBegin, from, StringComparison.Ordinal); at >= 0; at = text.IndexOf(
            KeyBegin, at + 1, StringComparison.Ordinal))
        {
            var line = text.AsSpan(at, Math.Min(text.Length - at, KeyBegin.Length + LongestKeyName + KeyEnd.Length));
            var end = line.IndexOf(KeyEnd, StringComparison.Ordinal);
            if (end >= 0 && line[KeyBegin.Length..end].IndexOfAnyExcept(KeyNames) < 0) return at;
        }

        return -1;
    }

    /// <summary>Behind the line that ends the key; behind the next such line where its own is lost; -1 where there is none.</summary>
    private static int End(string text, int from)
    {
        var end = text.IndexOf("-----END ", from, StringComparison.Ordinal);
        if (end < 0) return -1;
        var dashes = text.IndexOf("-----", end + "-----END ".Length, StringComparison.Ordinal);
        return dashes < 0 ? -1 : dashes + "-----".Length;
    }
}
