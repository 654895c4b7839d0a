using System.Collections.ObjectModel;

namespace Summit.Ops;

/// <summary>
/// Makes the lists of the public objects: as text they are their items, which is what Export-Csv and a ticket want to have.
/// </summary>
internal static class ItemList
{
    /// <summary>The items as such a list; the list itself where it is one.</summary>
    public static IReadOnlyList<T> Of<T>(IReadOnlyList<T> items) =>
        items as ItemList<T>
            ?? (items is null ? null! : items.Count == 0 ? ItemList<T>.None : new ItemList<T>(items as IList<T> ?? [.. items]));
}

/// <summary>A list whose text is its items.</summary>
internal sealed class ItemList<T>(IList<T> items) : ReadOnlyCollection<T>(items)
{
    /// <summary>The one empty list.</summary>
    public static ItemList<T> None { get; } = new([]);

    /// <summary>The items behind each other.</summary>
    public override string ToString() => string.Join("; ", this);
}
