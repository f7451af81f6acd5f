using System.Collections.Generic;

namespace FastRun.Engine.Build.Dockerfile.Instructions;

/// <summary>Where an instruction comes from.</summary>
/// <param name="Written">Its first word as written.</param>
/// <param name="Lines">Its lines, with those of its here-documents.</param>
/// <param name="Text">All of it in one line: continuations joined, comments left out. What progress and history show.</param>
/// <param name="Rest">What follows the first word, with the flags.</param>
/// <param name="Heredocs">Its here-documents.</param>
/// <param name="Comments">The comments before it, behind the last empty one, without <c>#</c> and white space around them.</param>
internal sealed record InstructionSource(
    string Written,
    LineRange Lines,
    string Text,
    string Rest,
    IReadOnlyList<Heredoc> Heredocs,
    IReadOnlyList<string> Comments);
