namespace FastRun.Engine.Containers.Requests;

/// <summary>The directory that a one-shot sandbox works on, mounted at its own path unless told otherwise.</summary>
/// <param name="Source">An absolute path on the host.</param>
/// <param name="Target">An absolute path in the container.</param>
/// <param name="ReadOnly">Whether the sandbox may not write to it.</param>
public sealed record Workspace(string Source, string Target, bool ReadOnly);
