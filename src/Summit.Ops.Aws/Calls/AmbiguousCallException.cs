namespace Summit.Ops.Aws.Calls;

/// <summary>A call that must not be made twice got no answer: it may have been carried out.</summary>
internal sealed class AmbiguousCallException(Exception inner) : Exception(inner.Message, inner);
