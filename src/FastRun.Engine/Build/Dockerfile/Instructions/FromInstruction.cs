namespace FastRun.Engine.Build.Dockerfile.Instructions;

/// <summary>FROM. <see cref="Image"/> and <see cref="Platform"/> are expanded with the global ARGs and the platform arguments only.</summary>
/// <param name="Source">Where it comes from.</param>
/// <param name="Image">An image, an earlier stage's name, or <c>scratch</c>.</param>
/// <param name="StageName">The stage's name in lower case; null where it has none. Not expanded.</param>
internal sealed record FromInstruction(InstructionSource Source, string Image, string? StageName) : Instruction(Source)
{
    /// <summary>What <c>--platform</c> says; null where it is not given.</summary>
    internal string? Platform { get; init; }

    /// <summary>The stage's name as written.</summary>
    internal string? WrittenName { get; init; }

    /// <summary>The word AS as written.</summary>
    internal string? WrittenAs { get; init; }
}
