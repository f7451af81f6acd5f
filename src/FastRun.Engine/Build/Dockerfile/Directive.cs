namespace FastRun.Engine.Build.Dockerfile;

/// <summary>A parser directive, <c># name=value</c>, of the first lines of a Dockerfile (Dockerfile reference, "Parser directives").</summary>
/// <param name="Name">In lower case: <c>syntax</c>, <c>escape</c> or <c>check</c>.</param>
/// <param name="Value">As written, without white space around it.</param>
/// <param name="Line">Where it stands.</param>
internal sealed record Directive(string Name, string Value, int Line);
