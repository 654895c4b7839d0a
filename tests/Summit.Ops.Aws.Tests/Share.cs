namespace Summit.Ops.Aws.Tests;

/// <summary>One share of the cases of a theory.</summary>
public interface IShare
{
    /// <summary>Its number, from 0.</summary>
    static abstract int Number { get; }
}

/// <summary>The first.</summary>
public readonly struct First : IShare
{
    public static int Number => 0;
}

/// <summary>The second.</summary>
public readonly struct Second : IShare
{
    public static int Number => 1;
}

/// <summary>The third.</summary>
public readonly struct Third : IShare
{
    public static int Number => 2;
}

/// <summary>The fourth.</summary>
public readonly struct Fourth : IShare
{
    public static int Number => 3;
}

/// <summary>
/// A theory of many slow cases is a class for each share of them: xunit runs classes beside each other, the cases of one class in turn.
/// </summary>
internal static class Share
{
    private const int Count = 4;

    /// <summary>Whether the case at a place belongs to a share.</summary>
    public static bool Has<TShare, T>(T item, int at)
        where TShare : IShare => at % Count == TShare.Number;
}
