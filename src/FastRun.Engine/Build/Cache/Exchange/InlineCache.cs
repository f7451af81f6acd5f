using System;
using System.Collections.Generic;
using System.Text;
using FastRun.Engine.Build.Graph;

namespace FastRun.Engine.Build.Cache.Exchange;

/// <summary>What an image's config says of the steps that made its layers (<c>--cache-to type=inline</c>).</summary>
internal static class InlineCache
{
    /// <summary>The text.</summary>
    /// <param name="steps">The steps of the build.</param>
    /// <param name="state">What becomes the image.</param>
    /// <param name="epoch">The time of everything that the build makes; null for that of the records.</param>
    internal static string Of(BuiltSteps steps, BuildState state, DateTimeOffset? epoch)
    {
        List<CachedStep> cached = [];
        List<StepLayer> made = [.. state.Made];
        foreach (BuiltStep step in steps.All(ofAllStages: false))
        {
            int layer = step.Step.Layer is { } own ? made.IndexOf(own) : -1;
            if (step.Step.Layer is null || layer >= 0)
            {
                cached.Add(new CachedStep(step.Step.Key, layer < 0 ? null : state.BaseDiffIds.Count + layer, epoch ?? step.Step.CreatedAt));
            }
        }

        return Encoding.UTF8.GetString(CacheDocumentJson.Encode(new CacheDocument { Steps = cached }));
    }
}
