using System.Text.Json.Nodes;
using FastRun.Cli.Options;
using FastRun.Cli.Output.Templates;

namespace FastRun.Cli.Output;

/// <summary>What <c>--format</c> means for single objects: <c>json</c>, or a template.</summary>
internal sealed class ObjectFormat
{
    private readonly Template? _template;

    private ObjectFormat(Template? template) => _template = template;

    /// <summary>Whether it is JSON, and no template.</summary>
    internal bool IsJson => _template is null;

    /// <summary>Reads the flag's value before there is anything to print.</summary>
    /// <exception cref="UsageException">It is not a template.</exception>
    internal static ObjectFormat Parse(string format)
    {
        try
        {
            return new ObjectFormat(format == "json" ? null : Template.Parse(format));
        }
        catch (TemplateException e)
        {
            throw new UsageException(e.Message);
        }
    }

    /// <summary>Prints one object and a newline.</summary>
    /// <exception cref="UsageException">The format is not a template, or does not fit.</exception>
    internal static void Print(string format, JsonNode item, OutputWriter output) => Parse(format).Print(item, output);

    /// <summary>Prints one object and a newline.</summary>
    /// <param name="item">The object.</param>
    /// <param name="output">Where it is printed.</param>
    /// <param name="lenient">Whether it is a struct of Go's that holds maps, in which members may be missing.</param>
    /// <exception cref="UsageException">The template does not fit the object.</exception>
    internal void Print(JsonNode? item, OutputWriter output, bool lenient = false)
    {
        try
        {
            output.WriteLine(_template is null ? TemplateValue.ToJson(item) : _template.Execute(item, lenient));
        }
        catch (TemplateException e)
        {
            throw new UsageException("template parsing error: " + e.Message);
        }
    }
}
