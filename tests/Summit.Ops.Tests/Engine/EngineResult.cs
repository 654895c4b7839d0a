using System.Management.Automation;

namespace Summit.Ops.Tests.Engine;

/// <summary>What a script wrote, stream by stream.</summary>
public sealed record EngineResult
{
    /// <summary>The output, as objects.</summary>
    public required IReadOnlyList<PSObject> Output { get; init; }

    /// <summary>Every error in the order it came; the one that ended the script, if any, is the last.</summary>
    public required IReadOnlyList<ErrorRecord> Errors { get; init; }

    /// <summary>The error that ended the script; null where it ran to its end.</summary>
    public ErrorRecord? Terminating { get; init; }

    /// <summary>Warnings.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>Verbose messages.</summary>
    public required IReadOnlyList<string> Verbose { get; init; }

    /// <summary>Debug messages.</summary>
    public required IReadOnlyList<string> Debug { get; init; }

    /// <summary>Information records.</summary>
    public required IReadOnlyList<InformationRecord> Information { get; init; }

    /// <summary>Progress records.</summary>
    public required IReadOnlyList<ProgressRecord> Progress { get; init; }

    /// <summary>What went straight to the host (WhatIf text, formatted output): empty for a session with a host of its own.</summary>
    public string HostText { get; init; } = "";

    /// <summary>Warnings as the host was shown them, also those of a pipeline that was being stopped.</summary>
    public IReadOnlyList<string> HostWarnings { get; init; } = [];

    /// <summary>Whether it was cancelled.</summary>
    public bool Stopped { get; init; }

    /// <summary>The objects that the output wraps, where they are of this type.</summary>
    /// <typeparam name="T">The type.</typeparam>
    public IReadOnlyList<T> Of<T>() => [.. Output.Select(item => item?.BaseObject).OfType<T>()];
}
