namespace FastRun.Engine.Build.Calls;

/// <summary>The answer to a <see cref="BuildCall"/>.</summary>
/// <param name="text">To be read; what has lines ends with one.</param>
/// <param name="json">The same as JSON, as BuildKit's clients read it.</param>
public sealed class CallAnswer(string text, string json)
{
    /// <summary>To be read; what has lines ends with one.</summary>
    public string Text => text;

    /// <summary>The same as JSON, as BuildKit's clients read it.</summary>
    public string Json => json;

    /// <summary>What a person is told first; one line with its end, or nothing.</summary>
    public string Head { get; init; } = "";

    /// <summary>The exit code: 1 where there are warnings.</summary>
    public int Status { get; init; }

    /// <summary>Why a build would fail; null where it would not.</summary>
    public string? Fault { get; init; }
}
