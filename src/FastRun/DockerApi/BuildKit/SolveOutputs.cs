using System;
using System.Collections.Generic;
using System.Linq;
using FastRun.Engine.Build;
using FastRun.Engine.Errors;
using FastRun.Engine.Images;

namespace FastRun.DockerApi.BuildKit;

/// <summary>What BuildKit's exporters are asked for, as outputs of a build.</summary>
internal sealed class SolveOutputs
{
    private readonly List<BuildOutput> _outputs = [];
    private readonly List<string> _names = [];
    private readonly List<ImageAnnotation> _annotations = [];

    /// <summary>The outputs; none of the client's means that nothing but the cache is wanted.</summary>
    internal IReadOnlyList<BuildOutput> Outputs => _outputs.Count == 0 ? [new BuildOutput(BuildOutputKind.None)] : _outputs;

    /// <summary>What the image is called.</summary>
    internal IReadOnlyList<string> Names => _names;

    /// <summary>What its documents are annotated with.</summary>
    internal IReadOnlyList<ImageAnnotation> Annotations => _annotations;

    /// <summary>Which of the client's outputs is the archive.</summary>
    internal int Archive => Math.Max(_outputs.FindIndex(static output => output.Destination == "-"), 0);

    /// <summary>Reads them.</summary>
    /// <exception cref="EngineException">One is not there, or has an option that is not.</exception>
    internal static SolveOutputs Read(IReadOnlyList<SolveExporter> exporters)
    {
        SolveOutputs read = new();
        foreach (SolveExporter exporter in exporters)
        {
            read.Add(exporter);
        }

        if (read._outputs.Count(static output => output.Destination == "-") > 1)
        {
            throw new EngineException(ErrorKind.Unsupported, "several archives as outputs of one build are not supported");
        }

        // What such a client pushes once more would be without them.
        return read._annotations.Count == 0 || (read._outputs.Exists(static output => output.Kind == BuildOutputKind.Oci) && !read._outputs.Exists(static output => output.Push))
            ? read
            : throw new EngineException(ErrorKind.Unsupported, "annotations stand in the manifests of an archive: --output type=oci; what a client pushes, it may push again and without them");
    }

    private void Add(SolveExporter exporter)
    {
        BuildOutput output = exporter.Type switch
        {
            // Older clients push once more, by a request of its own, and find that all of it is there.
            "moby" or "image" => new BuildOutput(BuildOutputKind.Image, null, IsTrue(exporter, "push")),
            "local" => new BuildOutput(BuildOutputKind.Local, "client"),
            "tar" => new BuildOutput(BuildOutputKind.Tar, "-"),
            "docker" => new BuildOutput(BuildOutputKind.Docker, "-"),
            "oci" => new BuildOutput(BuildOutputKind.Oci, "-"),
            _ => throw new EngineException(ErrorKind.Unsupported, $"exporter \"{exporter.Type}\" could not be found"),
        };
        bool isFiles = output.Kind is BuildOutputKind.Local or BuildOutputKind.Tar;
        foreach ((string key, string value) in exporter.Attributes)
        {
            switch (key)
            {
                case "name" when !isFiles:
                    _names.AddRange(value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Except(_names));
                    break;
                case "rewrite-timestamp" when !isFiles:
                    output = output with { RewritesTimes = IsTrue(exporter, key) };
                    break;

                // What they ask for is so.
                case "push" when output.Kind == BuildOutputKind.Image:
                case "load" when output.Kind == BuildOutputKind.Image && value is ("true" or "1"):
                case "compression" when value == "uncompressed" && output.Destination == "-":
                case "unpack" or "store" or "oci-mediatypes" or "tar" or "platform-split" when value is "true" or "1":
                case "force-compression" or "registry.insecure" or "push-by-digest" or "name-canonical" or "unpack" or "buildinfo" when value is "false" or "0" or "":
                case "dest" or "context":
                    break;
                case var _ when !isFiles && AnnotationSyntax.TryParseOption(key, value, _annotations):
                    break;
                default:
                    throw new EngineException(ErrorKind.Unsupported, $"--output type={exporter.Type},{key}={value}: not supported by builds over the API");
            }
        }

        _outputs.Add(output);
    }

    private static bool IsTrue(SolveExporter exporter, string key) => exporter.Attributes.TryGetValue(key, out string? value) && value is ("true" or "1");
}
