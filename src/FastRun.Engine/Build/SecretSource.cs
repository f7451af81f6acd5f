namespace FastRun.Engine.Build;

/// <summary>Where a secret comes from (<c>--secret id=ID,src=FILE|env=NAME</c>).</summary>
/// <param name="File">A file; null for none.</param>
/// <param name="Variable">A variable of the caller's environment; null for none.</param>
public sealed record SecretSource(string? File, string? Variable);
