namespace FastRun.Engine.Build.Dockerfile;

/// <summary>Lines of a Dockerfile, counted from 1, both inclusive.</summary>
internal readonly record struct LineRange(int First, int Last)
{
    /// <summary>No lines: what is meant is in no Dockerfile.</summary>
    internal static LineRange None => default;

    /// <summary>Whether there are none.</summary>
    internal bool IsNone => First == 0;
}
