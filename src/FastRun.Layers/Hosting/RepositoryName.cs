using System;
using System.Diagnostics.CodeAnalysis;
using FastRun.Layers.References;

namespace FastRun.Layers.Hosting;

/// <summary>The name of a repository in a registry (distribution-spec, "Pulling manifests"); safe to build a path or a URL from.</summary>
public readonly record struct RepositoryName
{
    private readonly string? _text;

    private RepositoryName(string text) => _text = text;

    /// <summary>Takes a text that is one.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out RepositoryName name)
    {
        bool isName = text is not null && ReferenceGrammar.IsRepository(text);
        name = isName ? new RepositoryName(text!) : default;
        return isName;
    }

    /// <inheritdoc/>
    public override string ToString() => _text ?? throw new InvalidOperationException("a name that was never set");
}
