using System.Text.Json.Nodes;

namespace FastRun.Cli.Output.Templates;

/// <summary>
/// The part of Go's text/template that <c>--format</c> is used with: fields, pipelines, variables, if, with, range, and the
/// functions in <see cref="Functions"/>.
/// </summary>
internal sealed class Template
{
    private readonly string _source;
    private readonly Node _body;

    private Template(string source, Node body) => (_source, _body) = (source, body);

    /// <exception cref="TemplateException">It is not a template.</exception>
    internal static Template Parse(string source) => new(source, new TemplateParser(source).Parse());

    /// <exception cref="TemplateException">It does not fit the data.</exception>
    internal string Execute(JsonNode? data)
    {
        var scope = new Scope(_source, data);
        _body.Run(scope);
        return scope.Output.ToString();
    }
}
