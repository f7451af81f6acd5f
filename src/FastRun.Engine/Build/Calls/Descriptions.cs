using System;
using System.Collections.Generic;

namespace FastRun.Engine.Build.Calls;

/// <summary>Comments that describe the stage or the ARG that they stand before: <c># NAME what it is</c>.</summary>
internal static class Descriptions
{
    /// <summary>The description; empty where there is none.</summary>
    /// <param name="comments">The comments directly before the instruction.</param>
    /// <param name="name">What is described.</param>
    internal static string Find(IReadOnlyList<string> comments, string name)
    {
        foreach (string comment in comments)
        {
            if (name.Length > 0 && comment.Length > name.Length && comment[name.Length] == ' ' && comment.StartsWith(name, StringComparison.Ordinal))
            {
                return comment[(name.Length + 1)..];
            }
        }

        return "";
    }
}
