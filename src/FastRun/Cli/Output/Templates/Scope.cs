using System.Collections.Generic;
using System.Text;
using System.Text.Json.Nodes;

namespace FastRun.Cli.Output.Templates;

/// <summary>What names mean while a template runs, and where its output goes.</summary>
internal sealed class Scope
{
    private readonly List<(string Name, JsonNode? Value)> _variables = [];

    internal Scope(string template, JsonNode? data, bool lenient = false)
    {
        Template = template;
        Root = data;
        IsLenient = lenient;
        Dot = data;
        Declare("", data);
    }

    internal string Template { get; }

    /// <summary>What the template was given.</summary>
    internal JsonNode? Root { get; }

    /// <summary>Whether what it was given is a struct of Go's that holds maps, in which members may be missing.</summary>
    internal bool IsLenient { get; }

    /// <summary>The value of <c>.</c>.</summary>
    internal JsonNode? Dot { get; set; }

    internal StringBuilder Output { get; } = new();

    /// <summary>How many variables there are, to drop the later ones when a block ends.</summary>
    internal int Mark => _variables.Count;

    internal void Release(int mark) => _variables.RemoveRange(mark, _variables.Count - mark);

    internal void Declare(string name, JsonNode? value) => _variables.Add((name, value));

    internal bool Assign(string name, JsonNode? value)
    {
        int index = _variables.FindLastIndex(variable => variable.Name == name);
        if (index >= 0)
        {
            _variables[index] = (name, value);
        }

        return index >= 0;
    }

    internal bool TryGet(string name, out JsonNode? value)
    {
        int index = _variables.FindLastIndex(variable => variable.Name == name);
        value = index >= 0 ? _variables[index].Value : null;
        return index >= 0;
    }

    internal TemplateException Error(int position, string expression, string message) =>
        new(Where.ExecutionError(Template, position, expression, message));
}
