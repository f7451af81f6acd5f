using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using FastRun.Engine.Errors;
using FastRun.Engine.Files;
using FastRun.Engine.Images;
using FastRun.Layers;
using FastRun.Layers.Images;
using FastRun.Layers.Images.Pushing;
using FastRun.Layers.Oci;
using FastRun.Layers.References;

namespace FastRun.Engine.Build.Images;

/// <summary>Gives an image that was built out: to a registry, or as an archive.</summary>
internal sealed class ImageOutputs(StateLayout layout)
{
    /// <summary>Writes what is asked for.</summary>
    /// <param name="request">What the build asks for.</param>
    /// <param name="built">The image, or the index.</param>
    /// <param name="names">What it is called.</param>
    /// <param name="standardOutput">What <c>-</c> means.</param>
    /// <returns>The digest of what a registry has now; null where nothing was pushed.</returns>
    /// <exception cref="EngineException">It cannot be written or pushed. The image stays.</exception>
    internal Digest? Write(BuildRequest request, BuiltResult built, IReadOnlyList<ImageReference> names, Stream standardOutput)
    {
        Digest? pushed = null;
        foreach (BuildOutput output in request.Outputs)
        {
            if (output.Push)
            {
                pushed = Push(request, names);
            }
            else if (output.Kind is BuildOutputKind.Docker or BuildOutputKind.Oci)
            {
                if (output.Destination is null or "-")
                {
                    Save(request, output.Kind, built, names, standardOutput);
                }
                else
                {
                    OutputFile.Write(output.Destination, file => Save(request, output.Kind, built, names, file));
                }
            }
        }

        return pushed;
    }

    private void Save(BuildRequest request, BuildOutputKind kind, BuiltResult built, IReadOnlyList<ImageReference> names, Stream file)
    {
        SaveImages save = new(layout) { Annotations = request.Annotations, Cancellation = request.Client?.Gone ?? CancellationToken.None };
        if (built.List is { } list)
        {
            save.RunList(list, names, file);
            return;
        }

        IReadOnlyList<string> images = names.Count > 0 ? [.. names.Select(static name => name.ToString())] : [built.Id.ToString()];
        save.Run(images, kind == BuildOutputKind.Oci ? ArchiveFormat.Oci : ArchiveFormat.Docker, platform: null, file);
    }

    private Digest Push(BuildRequest request, IReadOnlyList<ImageReference> names)
    {
        Digest? digest = null;
        foreach (ImageReference name in names)
        {
            PushImage push = new(layout)
            {
                Credentials = request.Client?.Credentials,
                Cancellation = request.Client?.Gone ?? CancellationToken.None,
            };
            digest = push.Run(name.ToString(), new PushRequest { Annotations = request.Annotations }, new PushObserver()).Digest;
        }

        return digest ?? throw EngineException.Invalid("tag is needed when pushing to registry");
    }
}
