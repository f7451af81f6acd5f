using System;
using FastRun.Layers.Pipeline;

namespace FastRun.Engine.Build.Cache.Exchange;

/// <summary>What a cache from elsewhere says that a step has made.</summary>
/// <param name="Cache">The cache.</param>
/// <param name="Layer">Its layer, which was not fetched yet; null where it changed nothing.</param>
/// <param name="CreatedAt">When it was made.</param>
internal sealed record ImportedStep(ImportedCache Cache, LayerSource? Layer, DateTimeOffset CreatedAt);
