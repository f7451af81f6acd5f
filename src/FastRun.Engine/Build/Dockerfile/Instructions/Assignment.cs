namespace FastRun.Engine.Build.Dockerfile.Instructions;

/// <summary>A name and a value, as written, quotes and all. No struct: of every query over one there is code of its own in the binary.</summary>
/// <param name="Name">The name.</param>
/// <param name="Value">The value; null in an ARG that has none.</param>
/// <param name="IsLegacy">Whether it is the old form, with white space instead of <c>=</c>.</param>
internal sealed record Assignment(string Name, string? Value, bool IsLegacy = false);
