namespace FastRun.Engine.Build.Graph;

/// <summary>What a stage has become.</summary>
/// <param name="State">Its files and settings.</param>
/// <param name="Scope">The variables at its end, which a stage that is built upon it inherits.</param>
internal sealed record StageResult(BuildState State, StageScope Scope);
