using System.Text.Json.Nodes;

namespace FastRun.Cli.Output.Templates;

/// <summary><c>{{if}}</c>, and <c>{{with}}</c>, which moves the dot as well.</summary>
internal sealed class ConditionalNode(Expression condition, bool movesDot, Node body, Node? otherwise) : Node
{
    internal override void Run(Scope scope)
    {
        int mark = scope.Mark;
        JsonNode? value = condition.Evaluate(scope);
        if (TemplateValue.IsTrue(value))
        {
            JsonNode? dot = scope.Dot;
            scope.Dot = movesDot ? value : dot;
            body.Run(scope);
            scope.Dot = dot;
        }
        else
        {
            otherwise?.Run(scope);
        }

        scope.Release(mark);
    }
}
