using FastRun.Engine.Errors;

namespace FastRun.Engine.Images;

/// <summary>The words of <c>--pull</c>: Docker's, and podman's <c>newer</c>.</summary>
public static class PullPolicySyntax
{
    /// <summary>Parses a policy.</summary>
    /// <exception cref="EngineException">It is none.</exception>
    public static PullPolicy Parse(string text) => text switch
    {
        "" or "missing" => PullPolicy.Missing,
        "always" => PullPolicy.Always,
        "newer" => PullPolicy.Newer,
        "never" => PullPolicy.Never,
        _ => throw EngineException.Invalid($"invalid pull option: '{text}': must be one of \"always\", \"missing\", \"newer\" or \"never\""),
    };
}
