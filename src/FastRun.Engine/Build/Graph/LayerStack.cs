using System.Collections.Generic;
using System.Linq;

namespace FastRun.Engine.Build.Graph;

/// <summary>The layers of a stage as overlayfs takes them.</summary>
internal static class LayerStack
{
    /// <summary>Brings here what is not.</summary>
    /// <param name="below">The base image's, topmost first.</param>
    /// <param name="made">The steps', bottom first.</param>
    /// <returns>Local ids, topmost first, each once.</returns>
    internal static IReadOnlyList<string> Of(IReadOnlyList<string> below, IReadOnlyList<StepLayer> made)
    {
        if (made.Count == 0)
        {
            return below;
        }

        List<string> stack = [.. below];
        for (int i = 0; i < made.Count; i++)
        {
            if (made[i] is { LocalId: null, Promise.Cache: { IsOff: false } cache })
            {
                cache.Imports.Fetch(stack, [.. made.Skip(i).TakeWhile(static layer => layer.LocalId is null)]);
            }

            // overlayfs refuses a directory that is there twice, and all that the lower one shows the upper one shows too.
            string id = made[i].Require();
            stack.Remove(id);
            stack.Insert(0, id);
        }

        return stack;
    }
}
