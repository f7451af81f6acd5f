using System.Collections.Generic;
using System.IO;
using System.Linq;
using FastRun.Engine.Errors;
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
    /// <param name="id">The image.</param>
    /// <param name="names">What it is called.</param>
    /// <param name="standardOutput">What <c>-</c> means.</param>
    /// <exception cref="EngineException">It cannot be written or pushed. The image stays.</exception>
    internal void Write(BuildRequest request, Digest id, IReadOnlyList<ImageReference> names, Stream standardOutput)
    {
        foreach (BuildOutput output in request.Outputs)
        {
            if (output.Push)
            {
                Push(names);
            }
            else if (output.Kind is BuildOutputKind.Docker or BuildOutputKind.Oci)
            {
                IReadOnlyList<string> images = names.Count > 0 ? [.. names.Select(static name => name.ToString())] : [id.ToString()];
                ArchiveFormat format = output.Kind == BuildOutputKind.Oci ? ArchiveFormat.Oci : ArchiveFormat.Docker;
                SaveImages save = new(layout);
                if (output.Destination is null or "-")
                {
                    save.Run(images, format, platform: null, standardOutput);
                }
                else
                {
                    save.Run(images, format, platform: null, output.Destination);
                }
            }
        }
    }

    private void Push(IReadOnlyList<ImageReference> names)
    {
        if (names.Count == 0)
        {
            throw EngineException.Invalid("tag is needed when pushing to registry");
        }

        foreach (ImageReference name in names)
        {
            new PushImage(layout).Run(name.ToString(), new PushRequest(), new PushObserver());
        }
    }
}
