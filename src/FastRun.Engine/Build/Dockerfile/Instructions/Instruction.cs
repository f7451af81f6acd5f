using System.Collections.Generic;

namespace FastRun.Engine.Build.Dockerfile.Instructions;

/// <summary>An instruction of a Dockerfile, with its values as written.</summary>
/// <param name="Source">Where it comes from.</param>
internal abstract record Instruction(InstructionSource Source)
{
    /// <summary>Its name in upper case.</summary>
    internal string Keyword => Source.Written.ToUpperInvariant();

    /// <summary>Its lines.</summary>
    internal LineRange Lines => Source.Lines;

    /// <summary>All of it in one line.</summary>
    internal string Text => Source.Text;

    /// <summary>Its here-documents.</summary>
    internal IReadOnlyList<Heredoc> Heredocs => Source.Heredocs;
}
