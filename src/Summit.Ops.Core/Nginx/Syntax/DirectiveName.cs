namespace Summit.Ops.Nginx.Syntax;

/// <summary>The directives that the engine itself gives a meaning; all others are <see cref="Other"/>.</summary>
/// <remarks>
/// A member's name in lower case with underscores before capitals is the directive's name:
/// <c>ProxySetHeader</c> is <c>proxy_set_header</c>.
/// </remarks>
internal enum DirectiveName : ushort
{
    Other = 0,
    AccessByLuaBlock, AccessByLuaFile, AccessByLua, Alias, Allow, AuthBasic, AuthJwt, AuthRequest, Autoindex, Break, CharsetMap,
    ClientBodyTimeout, ClientHeaderBufferSize, ClientHeaderTimeout, ClientMaxBodySize, ContentByLua, ContentByLuaBlock, ContentByLuaFile,
    Deny, EmptyGif, ErrorPage, Events, FastcgiPass, Flv, Geo, GrpcPass, Http, Http2, If, IgnoreInvalidHeaders, Include, Index, Internal,
    Keepalive, KeepaliveTimeout, LargeClientHeaderBuffers, LimitConn, LimitExcept, LimitReq, Listen, Location, Mail, Map, MemcachedPass,
    MergeSlashes, Mp4,
    ProxyBuffering, ProxyCache, ProxyConnectTimeout, ProxyHttpVersion, ProxyIgnoreClientAbort, ProxyMethod, ProxyPass,
    ProxyPassRequestHeaders, ProxyReadTimeout,
    ProxySendTimeout, ProxySetHeader, RandomIndex, Resolver, Return, Rewrite, RewriteByLua, RewriteByLuaBlock, RewriteByLuaFile, Root,
    Satisfy, ScgiPass,
    SecureLink, SendTimeout, Server, ServerName, Set, SetByLua, SetByLuaBlock, SetByLuaFile, SplitClients, Ssl, SslCertificate,
    SslCertificateKey,
    SslRejectHandshake, SslVerifyClient, StubStatus, Stream, TryFiles, Types, UnderscoresInHeaders, Upstream, UwsgiPass, ValidReferers,
    MapHashMaxSize, AddHeader, ExpiresHeader, RecursiveErrorPages, ProxyInterceptErrors, ServerNameInRedirect, PortInRedirect,
    AbsoluteRedirect,
    ProxyRedirect, ProxyPassHeader, ProxyHideHeader, ProxySslServerName, LimitRate, UninitializedVariableWarn, MirrorRequest, Mirror,
    HttpProxy,
    JsContent, JsAccess, Perl, AccessLog, ErrorLog, DefaultType, SslSessionCache, Hostnames, Volatile, Default, Zone, SetRealIpFrom,
    ProxySslName, WorkerShutdownTimeout, LimitConnStatus, LimitReqStatus,
}

/// <summary>Finds a directive by the bytes of its name.</summary>
internal static class DirectiveNames
{
    private const int Size = 1024;
    private static readonly byte[][] Names = MakeNames();
    private static readonly ushort[] Table = MakeTable();

    /// <summary>The directive, or <see cref="DirectiveName.Other"/>.</summary>
    public static DirectiveName Find(ReadOnlySpan<byte> name)
    {
        for (var slot = Hash(name); Table[slot] != 0; slot = (slot + 1) & (Size - 1))
        {
            if (name.SequenceEqual(Names[Table[slot]])) return (DirectiveName)Table[slot];
        }

        return DirectiveName.Other;
    }

    /// <summary>The directive's name as nginx spells it.</summary>
    public static string Text(DirectiveName name) => System.Text.Encoding.ASCII.GetString(Names[(int)name]);

    private static int Hash(ReadOnlySpan<byte> name)
    {
        if (name.IsEmpty) return 0;
        var middle = name[name.Length >> 1];
        var hash = (uint)((name.Length * 0x9E3779B1) ^ (name[0] * 0x85EBCA6B) ^ (name[^1] * 0xC2B2AE35) ^ (middle * 0x27D4EB2F));
        return (int)((hash ^ (hash >> 15)) & (Size - 1));
    }

    private static byte[][] MakeNames() =>
        [.. Enum.GetValues<DirectiveName>()
            .Select(name => name == DirectiveName.Other ? [] : System.Text.Encoding.ASCII.GetBytes(Spell(name.ToString())))];

    private static string Spell(string member) =>
        string.Concat(member.Select((c, i) => char.IsAsciiLetterUpper(c) ? (i == 0 ? "" : "_") + char.ToLowerInvariant(c) : c.ToString()));

    private static ushort[] MakeTable()
    {
        var table = new ushort[Size];
        for (var i = 1; i < Names.Length; i++)
        {
            var slot = Hash(Names[i]);
            while (table[slot] != 0) slot = (slot + 1) & (Size - 1);
            table[slot] = (ushort)i;
        }

        return table;
    }
}
