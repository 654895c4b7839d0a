namespace Summit.Ops.Nginx.Semantics;

/// <summary>What the engine works on: the included files joined, with spans into each.</summary>
internal sealed class NginxModel;
