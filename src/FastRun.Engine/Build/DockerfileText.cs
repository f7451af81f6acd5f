using System;
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

    /// <summary>All of it.</summary>
    internal ReadOnlyMemory<byte> Content { get; private set; }

    /// <summary>Takes it over from a context.</summary>
    internal void Read(BuildContext context) => Read(context.DockerfileName, context.Dockerfile);

    /// <summary>Takes it over.</summary>
    /// <param name="name">What it is called.</param>
    /// <param name="content">All of it.</param>
    internal void Read(string name, ReadOnlyMemory<byte> content)
    {
        (Name, Content) = (name, content);
        Lines = Encoding.UTF8.GetString(content.Span).Split('\n');
    }
}
