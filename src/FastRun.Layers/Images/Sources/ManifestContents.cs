using System;
using FastRun.Layers.Oci;
using FastRun.Layers.Pipeline;
using FastRun.Layers.References;

namespace FastRun.Layers.Images.Sources;

/// <summary>From a manifest to what its image is made of.</summary>
internal static class ManifestContents
{
    /// <summary>Reads the config, and pairs the layers with their diffIDs.</summary>
    /// <param name="manifest">The manifest.</param>
    /// <param name="digest">Its digest.</param>
    /// <param name="subject">What to call the image in an error.</param>
    /// <param name="readBlob">Reads and verifies the config.</param>
    /// <param name="makeLayer">Makes the source of a layer from its descriptor and diffID.</param>
    /// <exception cref="CorruptContentException">It is not an image's, or contradicts its config.</exception>
    internal static ImageContents Read(
        ManifestDocument manifest,
        Digest digest,
        string subject,
        Func<Descriptor, byte[]> readBlob,
        Func<Descriptor, Digest, LayerSource> makeLayer)
    {
        if (manifest.Config is not { } descriptor)
        {
            throw new CorruptContentException(digest.ToString(), "an index where a manifest was expected");
        }

        if (!MediaTypes.IsConfig(descriptor.MediaType))
        {
            throw new CorruptContentException(
                digest.ToString(), $"not an image: its config is {ReferenceGrammar.Quote(descriptor.MediaType)}");
        }

        byte[] bytes = readBlob(descriptor);
        ImageConfig config = ImageConfig.Parse(bytes, $"config {descriptor.Digest}");
        if (manifest.Layers.Count != config.DiffIds.Count)
        {
            throw new CorruptContentException(
                $"manifest {digest}",
                $"lists {manifest.Layers.Count} layers, but the config has {config.DiffIds.Count} diff_ids");
        }

        ImageSource.RequireLayerCount(manifest.Layers.Count, subject);
        LayerSource[] layers = new LayerSource[manifest.Layers.Count];
        for (int i = 0; i < layers.Length; i++)
        {
            Descriptor layer = manifest.Layers[i];
            if (!MediaTypes.IsLayer(layer.MediaType))
            {
                throw new CorruptContentException(
                    $"manifest {digest}", $"a layer has the media type {ReferenceGrammar.Quote(layer.MediaType)}");
            }

            layers[i] = makeLayer(layer, config.DiffIds[i]);
        }

        return new ImageContents(manifest.Bytes, bytes, config, descriptor.Digest, layers);
    }
}
