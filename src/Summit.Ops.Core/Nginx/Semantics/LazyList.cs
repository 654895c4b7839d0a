using System.Collections;

namespace Summit.Ops.Nginx.Semantics;

/// <summary>
/// A list whose items are made when somebody looks: a configuration of ten thousand servers is shown one server at a time.
/// </summary>
internal sealed class LazyList<TSource, TItem>(Func<IReadOnlyList<TSource>> source, Func<TSource, TItem> make) : IReadOnlyList<TItem>
    where TItem : class
{
    private TItem?[]? _made;

    public LazyList(IReadOnlyList<TSource> source, Func<TSource, TItem> make)
        : this(() => source, make)
    {
    }

    public int Count => source().Count;

    public TItem this[int index]
    {
        get
        {
            _made ??= new TItem?[Count];
            return _made[index] ??= make(source()[index]);
        }
    }

    public IEnumerator<TItem> GetEnumerator()
    {
        for (var i = 0; i < Count; i++) yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
