using System.Collections.Generic;
using System.Text.Json.Nodes;

namespace FastRun.Cli.Output.Templates;

/// <summary><c>{{range}}</c> over a list, or over a map in the order of its keys.</summary>
internal sealed class RangeNode(Expression list, string? key, string? item, Node body, Node? otherwise) : Node
{
    internal override void Run(Scope scope)
    {
        JsonNode? value = list.Evaluate(scope);
        List<(JsonNode? Key, JsonNode? Item)> pairs = Pairs(value, scope);
        JsonNode? dot = scope.Dot;
        foreach ((JsonNode? k, JsonNode? v) in pairs)
        {
            int mark = scope.Mark;
            if (key is not null)
            {
                scope.Declare(key, k);
            }

            if (item is not null)
            {
                scope.Declare(item, v);
            }

            scope.Dot = v;
            body.Run(scope);
            scope.Release(mark);
        }

        scope.Dot = dot;
        if (pairs.Count == 0)
        {
            otherwise?.Run(scope);
        }
    }

    private List<(JsonNode? Key, JsonNode? Item)> Pairs(JsonNode? value, Scope scope)
    {
        var pairs = new List<(JsonNode? Key, JsonNode? Item)>();
        switch (value)
        {
            case null:
                break;
            case JsonArray array:
                for (int i = 0; i < array.Count; i++)
                {
                    pairs.Add((i, array[i]));
                }

                break;
            case JsonObject members:
                foreach (KeyValuePair<string, JsonNode?> member in members)
                {
                    pairs.Add((member.Key, member.Value));
                }

                pairs.Sort(static (a, b) => string.CompareOrdinal(a.Key!.GetValue<string>(), b.Key!.GetValue<string>()));
                break;
            default:
                throw scope.Error(list.Position, "range", $"range can't iterate over {TemplateValue.Print(value)}");
        }

        return pairs;
    }
}
