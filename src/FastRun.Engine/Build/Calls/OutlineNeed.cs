using FastRun.Engine.Build.Dockerfile;

namespace FastRun.Engine.Build.Calls;

/// <summary>A secret or an agent that a target takes.</summary>
/// <param name="Name">Its id.</param>
/// <param name="IsRequired">Whether there is no building without it.</param>
/// <param name="Lines">The RUN that asks for it.</param>
internal sealed record OutlineNeed(string Name, bool IsRequired, LineRange Lines);
