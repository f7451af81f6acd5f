namespace FastRun.Engine.Launch;

/// <summary>What the kernel executes programs of another machine with.</summary>
/// <param name="Path">The program.</param>
/// <param name="IsFixed">Whether it was opened when it was registered (flag F), so that it need not be in the root of who executes something.</param>
internal sealed record Interpreter(string Path, bool IsFixed);
