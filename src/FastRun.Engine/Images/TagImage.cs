using FastRun.Engine.Containers;
using FastRun.Engine.Errors;
using FastRun.Engine.Events;
using FastRun.Layers;
using FastRun.Layers.Images;
using FastRun.Layers.Oci;
using FastRun.Layers.References;

namespace FastRun.Engine.Images;

/// <summary>Gives an image one more name.</summary>
public sealed class TagImage(StateLayout layout)
{
    private readonly ImageStore _store = ContainerImageUsers.OpenStore(layout);

    /// <summary>Makes a name mean an image, whatever it meant before.</summary>
    /// <param name="source">A reference or the beginning of an image id.</param>
    /// <param name="target">The name; without a tag it is <c>latest</c>.</param>
    /// <exception cref="EngineException">There is no such image, or the name is none that a tag can have.</exception>
    public void Run(string source, string target) => EngineErrors.Translated(() =>
    {
        ImageLocation image = ImageLocation.Parse(source);
        if (image.Transport is not (ImageTransport.Registry or ImageTransport.Snapshot))
        {
            throw EngineException.Invalid($"{source}: not an image of this machine's store");
        }

        ImageReference name = ParseTarget(target);
        Digest imageId = _store.Tag(image, name);
        ImageEvents.Note(layout, "tag", imageId.ToString(), name.ToFamiliarString());
        return true;
    });

    /// <summary>A name that an image can be given: one with a tag, or that gets the default one.</summary>
    public static ImageReference ParseTarget(string target)
    {
        ImageReference name;
        try
        {
            name = ImageReference.Parse(target);
        }
        catch (ReferenceFormatException e)
        {
            throw new EngineException(ErrorKind.InvalidArgument, $"{e.Message}: not a valid repository/tag", e);
        }

        return name.Digest is null ? name : throw EngineException.Invalid($"{target}: refusing to create a tag with a digest reference");
    }
}
