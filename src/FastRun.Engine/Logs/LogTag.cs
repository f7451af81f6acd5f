using System;
using System.Text;
using FastRun.Engine.Containers.Records;
using FastRun.Engine.Errors;
using FastRun.Layers.References;

namespace FastRun.Engine.Logs;

/// <summary>The tag of log entries: text with the fields of a container, <c>{{.Name}}/{{.ID}}</c>, that Docker has there.</summary>
internal static class LogTag
{
    /// <summary>Returns a template that can be expanded.</summary>
    /// <exception cref="EngineException">It cannot.</exception>
    internal static string Checked(string template)
    {
        Expand(template, static _ => "");
        return template;
    }

    /// <summary>Puts a container's fields in.</summary>
    internal static string Expand(string template, ContainerRecord record) => Expand(template, name => name switch
    {
        ".ID" => ShortId.Of(record.Id),
        ".FullID" => record.Id,
        ".Name" => record.Name,
        ".ImageID" => Short(record.ImageId),
        ".ImageFullID" => record.ImageId,
        ".ImageName" => record.Request.Image,
        ".DaemonName" => "fastrun",
        _ => string.Join(' ', record.Arguments),
    });

    private static string Expand(string template, Func<string, string> value)
    {
        StringBuilder text = new();
        ReadOnlySpan<char> rest = template;
        int open;
        while ((open = rest.IndexOf("{{")) >= 0)
        {
            int close = rest.IndexOf("}}");
            string name = close > open ? rest[(open + 2)..close].Trim().ToString() : "";
            if (name is not (".ID" or ".FullID" or ".Name" or ".ImageID" or ".ImageFullID" or ".ImageName" or ".DaemonName" or ".Command"))
            {
                throw EngineException.Invalid($"tag: '{template}': only fields such as {{{{.Name}}}} can stand in braces");
            }

            text.Append(rest[..open]).Append(value(name));
            rest = rest[(close + 2)..];
        }

        return text.Append(rest).ToString();
    }

    private static string Short(string imageId) => ShortId.Of(imageId[(imageId.IndexOf(':', StringComparison.Ordinal) + 1)..]);
}
