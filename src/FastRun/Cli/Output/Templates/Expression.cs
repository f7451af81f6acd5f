using System.Text.Json.Nodes;

namespace FastRun.Cli.Output.Templates;

/// <summary>Something with a value.</summary>
/// <param name="position">Where it starts in the template.</param>
internal abstract class Expression(int position)
{
    internal int Position { get; } = position;

    /// <param name="scope">What <c>.</c> and the variables mean here.</param>
    internal abstract JsonNode? Evaluate(Scope scope);
}
