using System.Text.Json.Nodes;

namespace FastRun.Cli.Output.Templates;

/// <summary><c>$name := value</c> or <c>$name = value</c>; it prints nothing.</summary>
internal sealed class AssignExpression(int position, string name, bool declares, Expression value) : Expression(position)
{
    internal override JsonNode? Evaluate(Scope scope)
    {
        JsonNode? result = value.Evaluate(scope);
        if (declares)
        {
            scope.Declare(name, result);
        }
        else if (!scope.Assign(name, result))
        {
            throw scope.Error(Position, "$" + name, $"undefined variable \"${name}\"");
        }

        return result;
    }
}
