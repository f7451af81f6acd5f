namespace FastRun.Engine.Containers.Syntax;

/// <summary>One resource limit (setrlimit(2)), Docker's <c>--ulimit name=soft[:hard]</c>.</summary>
/// <param name="Name">The limit's name in lower case without RLIMIT_, for example <c>nofile</c>.</param>
/// <param name="Soft">The soft limit; -1 for unlimited.</param>
/// <param name="Hard">The hard limit; -1 for unlimited.</param>
public sealed record Ulimit(string Name, long Soft, long Hard);
