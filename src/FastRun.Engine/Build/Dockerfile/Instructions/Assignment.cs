namespace FastRun.Engine.Build.Dockerfile.Instructions;

/// <summary>A name and a value, as written, quotes and all.</summary>
/// <param name="Name">The name.</param>
/// <param name="Value">The value; null in an ARG that has none.</param>
/// <param name="IsLegacy">Whether it is the old form, with white space instead of <c>=</c>.</param>
internal readonly record struct Assignment(string Name, string? Value, bool IsLegacy = false);
