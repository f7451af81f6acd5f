using System.Collections.Generic;
using System.Text.Json.Nodes;

namespace FastRun.Cli.Output.Templates;

/// <summary>A function with its arguments.</summary>
internal sealed class CallExpression(int position, string function, List<Expression> arguments) : Expression(position)
{
    internal override JsonNode? Evaluate(Scope scope)
    {
        // "and" and "or" stop at the first argument that decides.
        if (function is "and" or "or")
        {
            JsonNode? last = null;
            foreach (Expression argument in arguments)
            {
                last = argument.Evaluate(scope);
                if (TemplateValue.IsTrue(last) == (function == "or"))
                {
                    break;
                }
            }

            return last;
        }

        var values = new JsonNode?[arguments.Count];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = arguments[i].Evaluate(scope);
        }

        try
        {
            return Functions.Call(function, values);
        }
        catch (TemplateException e)
        {
            throw scope.Error(Position, function, $"error calling {function}: {e.Message}");
        }
    }
}
