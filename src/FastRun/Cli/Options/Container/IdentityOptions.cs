using System;
using System.Collections.Generic;
using FastRun.Engine.Containers.Requests;
using FastRun.Engine.Containers.Syntax;
using FastRun.Engine.Errors;
using FastRun.Layers.Oci;

namespace FastRun.Cli.Options.Container;

/// <summary>Flags about what the container is called and what it is made for.</summary>
internal sealed class IdentityOptions
{
    private readonly List<string> _labelFiles = [];
    private readonly List<string> _labels = [];
    private string? _name;
    private string? _hostname;
    private Platform? _platform;

    internal Option[] Build() =>
    [
        new("name", '\0', "string", "Assign a name to the container", value => _name = value),
        new("hostname", 'h', "string", "Container host name", value => _hostname = value),
        new("label", 'l', "list", "Set meta data on a container: KEY=value", AddLabel),
        new("label-file", '\0', "list", "Read labels from a file, one a line", _labelFiles.Add),
        new("platform", '\0', "string", "The platform wanted of an image that has several, for example linux/arm64", value => _platform = PlatformSyntax.Parse(value)),
    ];

    internal ContainerCreateRequest ApplyTo(ContainerCreateRequest request)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string file in _labelFiles)
        {
            KeyValueFile.ReadLabels(file, label => Set(labels, label));
        }

        foreach (string label in _labels)
        {
            Set(labels, label);
        }

        return request with
        {
            Name = string.IsNullOrEmpty(_name) ? null : _name,
            Hostname = string.IsNullOrEmpty(_hostname) ? null : _hostname,
            Labels = labels,
            Platform = _platform,
        };
    }

    private void AddLabel(string text)
    {
        if (text.Length == 0 || text[0] == '=')
        {
            throw EngineException.Invalid($"invalid label '{text}': empty name");
        }

        _labels.Add(text);
    }

    private static void Set(Dictionary<string, string> labels, string label)
    {
        int equals = label.IndexOf('=', StringComparison.Ordinal);
        labels[equals < 0 ? label : label[..equals]] = equals < 0 ? "" : label[(equals + 1)..];
    }
}
