using System.Collections.Generic;
using System.Text;
using FastRun.Engine.Build.Context;

namespace FastRun.Engine.Build;

/// <summary>What a failure is shown with: the Dockerfile's name and its lines, as soon as it was read.</summary>
internal sealed class DockerfileText
{
    /// <summary>What it is called.</summary>
    internal string Name { get; private set; } = "Dockerfile";

    /// <summary>Its lines.</summary>
    internal IReadOnlyList<string> Lines { get; private set; } = [];

    /// <summary>Takes it over from a context.</summary>
    internal void Read(BuildContext context)
    {
        Name = context.DockerfileName;
        Lines = Encoding.UTF8.GetString(context.Dockerfile.Span).Split('\n');
    }
}
