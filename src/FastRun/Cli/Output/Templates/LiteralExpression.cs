using System.Text.Json.Nodes;

namespace FastRun.Cli.Output.Templates;

/// <summary>A constant.</summary>
internal sealed class LiteralExpression(int position, JsonNode? value) : Expression(position)
{
    internal override JsonNode? Evaluate(Scope scope) => value;
}
