using System.Text.Json.Nodes;

namespace FastRun.Cli.Output.Templates;

/// <summary><c>$name</c>, or <c>.</c> where the name is null.</summary>
internal sealed class VariableExpression(int position, string? name) : Expression(position)
{
    internal override JsonNode? Evaluate(Scope scope)
    {
        if (name is null)
        {
            return scope.Dot;
        }

        return scope.TryGet(name, out JsonNode? value)
            ? value
            : throw scope.Error(Position, "$" + name, $"undefined variable \"${name}\"");
    }
}
