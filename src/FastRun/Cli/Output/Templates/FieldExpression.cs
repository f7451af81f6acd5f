using System;
using System.Text.Json.Nodes;

namespace FastRun.Cli.Output.Templates;

/// <summary>A member of an object.</summary>
/// <param name="position">Where it starts.</param>
/// <param name="of">The object.</param>
/// <param name="name">The member's name.</param>
/// <param name="source">How it is written, for messages.</param>
internal sealed class FieldExpression(int position, Expression of, string name, string source) : Expression(position)
{
    /// <summary>Texts that Docker's JSON leaves out where they are empty, and that its structs have nevertheless.</summary>
    private static readonly string[] s_omitted = ["IPRange"];

    /// <summary>Whether it takes an argument: <c>.Label "key"</c>, the method that Docker's lists have.</summary>
    internal bool IsMethod => name == "Label";

    internal override JsonNode? Evaluate(Scope scope)
    {
        JsonNode? parent = of.Evaluate(scope);
        return parent switch
        {
            JsonObject members => members.TryGetPropertyValue(name, out JsonNode? value)
                ? value
                : scope.IsLenient && Lenient(scope, members, out value) ? value
                : Array.IndexOf(s_omitted, name) >= 0 ? ""
                : throw scope.Error(Position, source, $"map has no entry for key \"{name}\""),
            null => throw scope.Error(Position, source, $"nil data; no entry for key \"{name}\""),
            _ => throw scope.Error(Position, source, $"can't evaluate field {name} in type {TemplateValue.TypeName(parent)}"),
        };
    }

    /// <summary>
    /// Go spells the fields of a struct in capitals, whatever JSON calls them; a member that is missing in a map is nothing.
    /// </summary>
    private bool Lenient(Scope scope, JsonObject members, out JsonNode? value)
    {
        value = null;
        if (members != scope.Root)
        {
            return true;
        }

        foreach ((string key, JsonNode? member) in members)
        {
            if (string.Equals(key, name, StringComparison.OrdinalIgnoreCase))
            {
                value = member;
                return true;
            }
        }

        return false;
    }
}
