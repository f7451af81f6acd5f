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

    /// <param name="data">What it is about.</param>
    /// <param name="lenient">Whether the data is a struct of Go's that holds maps, in which members may be missing.</param>
    /// <exception cref="TemplateException">It does not fit the data.</exception>
    internal string Execute(JsonNode? data, bool lenient = false)
    {
        var scope = new Scope(_source, data, lenient);
        _body.Run(scope);
        return scope.Output.ToString();
    }
}
