using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text.Json.Nodes;
using FastRun.Cli.Options;
using FastRun.Cli.Output;
using FastRun.Documents;
using FastRun.Engine.Errors;
using FastRun.Engine.Images;
using FastRun.Layers.Images;

namespace FastRun.Cli.Commands.Images;

/// <summary><c>fastrun images</c>.</summary>
internal sealed class ListCommand : Command
{
    private const string None = "<none>";

    private ImageFilter _filter = new();
    private string _format = "";
    private bool _quiet;
    private bool _full;
    private bool _digests;

    internal override string Name => "images";

    internal override string Usage => "[OPTIONS] [REPOSITORY[:TAG]]";

    internal override string Summary => "List images";

    internal override int MostOperands => 1;

    internal override Option[] BuildOptions() =>
    [
        Option.Switch("all", 'a', "Show all images; there are no intermediate ones that would be hidden", static _ => { }),
        Option.Switch("quiet", 'q', "Only show image IDs", value => _quiet = value),
        Option.Switch("no-trunc", '\0', "Don't truncate output", value => _full = value),
        Option.Switch("digests", '\0', "Show digests", value => _digests = value),
        new("filter", 'f', "filter", "Show only some: dangling=true, reference=PATTERN, label=KEY[=VALUE], before=IMAGE, since=IMAGE", AddFilter),
        new("format", '\0', "string", "Format output: table, 'table TEMPLATE', json, or a Go template", value => _format = value),
    ];

    internal override int Run(CommandContext context, List<string> operands)
    {
        ImageFilter filter = operands.Count == 0 ? _filter : _filter with { References = [.. _filter.References, operands[0]] };
        IReadOnlyList<ImageSummary> images = new ListImages(context.RequireLayout()).Run(filter);
        if (_quiet && _format is "" or "table")
        {
            PrintIds(images, context.Output);
            return 0;
        }

        string columns = _digests
            ? "{{.Repository}}\t{{.Tag}}\t{{.Digest}}\t{{.ID}}\t{{.CreatedSince}}\t{{.Size}}"
            : "{{.Repository}}\t{{.Tag}}\t{{.ID}}\t{{.CreatedSince}}\t{{.Size}}";
        ListFormat.Print(_format, columns, Headers(), Rows(images), context.Output);
        return 0;
    }

    private void PrintIds(IReadOnlyList<ImageSummary> images, OutputWriter output)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (ImageSummary image in images)
        {
            if (seen.Add(image.Id.ToString()))
            {
                output.WriteLine(Id(image));
            }
        }
    }

    private List<JsonObject> Rows(IReadOnlyList<ImageSummary> images)
    {
        DateTimeOffset now = DateTimeOffset.UtcNow;
        var rows = new List<JsonObject>();
        foreach (ImageSummary image in images)
        {
            bool dated = image.Created > DateTimeOffset.UnixEpoch;
            rows.Add(new JsonObject
            {
                ["Containers"] = "N/A",
                ["CreatedAt"] = image.Created.ToString("yyyy-MM-dd HH:mm:ss '+0000 UTC'", CultureInfo.InvariantCulture),
                ["CreatedSince"] = dated ? HumanUnits.Ago(image.Created, now) : "N/A",
                ["Digest"] = image.ManifestDigest?.ToString() ?? None,
                ["ID"] = Id(image),
                ["Repository"] = image.Repository ?? None,
                ["SharedSize"] = "N/A",
                ["Size"] = HumanUnits.Size(image.Size),
                ["Tag"] = image.Tag ?? None,
                ["UniqueSize"] = "N/A",
            });
        }

        return rows;
    }

    private string Id(ImageSummary image) => _full ? image.Id.ToString() : image.Id.ShortHex;

    private static JsonObject Headers() => new()
    {
        ["Containers"] = "CONTAINERS",
        ["CreatedAt"] = "CREATED AT",
        ["CreatedSince"] = "CREATED",
        ["Digest"] = "DIGEST",
        ["ID"] = "IMAGE ID",
        ["Repository"] = "REPOSITORY",
        ["SharedSize"] = "SHARED SIZE",
        ["Size"] = "SIZE",
        ["Tag"] = "TAG",
        ["UniqueSize"] = "UNIQUE SIZE",
    };

    private void AddFilter(string text)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0)
        {
            throw EngineException.Invalid($"invalid filter '{text}': it must be KEY=VALUE");
        }

        string value = text[(equals + 1)..];
        _filter = text[..equals].Trim().ToLowerInvariant() switch
        {
            "dangling" => _filter with { Dangling = Values.Boolean(value) },
            "reference" => _filter with { References = [.. _filter.References, value] },
            "label" => _filter with { Labels = [.. _filter.Labels, value] },
            "before" => _filter with { Before = value },
            "since" => _filter with { Since = value },
            var key => throw EngineException.Invalid($"invalid filter '{key}'"),
        };
    }
}
