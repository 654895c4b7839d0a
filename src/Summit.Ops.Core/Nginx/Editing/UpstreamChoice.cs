namespace Summit.Ops.Nginx.Editing;

/// <summary>
/// Where a repair passes the WebSocket to. A proxy_pass that nginx has keeps what it says unless something shows that it is wrong.
/// </summary>
internal enum UpstreamChoice
{
    /// <summary>
    /// To the site's backend, also where proxy_pass says otherwise: the description was given, or the upstream is known to be the fault.
    /// </summary>
    Site,

    /// <summary>A new location leads to the site's backend; a proxy_pass that is there stays.</summary>
    KeepExisting,

    /// <summary>A new location leads where the path leads now; a proxy_pass that is there stays.</summary>
    AsFound,
}
