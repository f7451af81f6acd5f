using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using FastRun.Layers.Content;
using FastRun.Layers.Oci;
using FastRun.Layers.Pipeline;
using FastRun.Layers.References;
using FastRun.Layers.Snapshots;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Layers.Images;

/// <content>Verifying what is there against the digests that it came by.</content>
public sealed partial class ImageStore
{
    private const string LostInAPowerCut = "had not reached the disk when the machine lost power";

    /// <summary>
    /// Reads every byte of the store: records by their checksums, documents by their digests, and each layer by making its
    /// tar again, whose digest must be the layer's diffID. Others may start and load images meanwhile.
    /// </summary>
    /// <param name="repair">Remove what is damaged, but for images that a sandbox or container needs.</param>
    public StoreReport Check(bool repair)
    {
        LayerStore layers = new(_layout);
        ConcurrentDictionary<string, string> damaged = new();
        List<StoreDamage> damages = [];
        int images, checkedLayers;
        using (layers.Lock(FileLockMode.Shared))
        {
            List<string> localIds = [.. layers.All()];
            checkedLayers = localIds.Count;
            Parallel.ForEach(localIds, localId =>
            {
                if (DamageOf(layers, localId) is { } reason)
                {
                    damaged[localId] = reason;
                }
            });
            List<ImageName> names = _names.All();
            List<string> imageIds = [.. _records.All()];
            images = imageIds.Count;
            foreach (string imageId in imageIds)
            {
                if (DamageOf(imageId, names, layers, damaged) is { } reason)
                {
                    damages.Add(Damage(imageId, Called(imageId, names), reason, damaged));
                }
            }
        }

        HashSet<string>? used = UsedLayers();
        if (used is not null)
        {
            damages.AddRange(damaged.Where(layer => !used.Contains(layer.Key)).OrderBy(static layer => layer.Key)
                .Select(static layer => new StoreDamage($"layer {layer.Key}, which no image uses", layer.Value)));
        }

        return new StoreReport(images, checkedLayers, repair && damages.Count > 0 ? Repair(layers, damaged) : damages);
    }

    /// <summary>Removes damaged images, then damaged layers that no image needs any more. Only what is damaged still.</summary>
    private List<StoreDamage> Repair(LayerStore layers, ConcurrentDictionary<string, string> damaged)
    {
        List<StoreDamage> damages = [];
        using FileLock alone = layers.Lock(FileLockMode.Exclusive);
        using (_names.Lock())
        {
            List<ImageName> names = _names.All();
            foreach (string imageId in _records.All().ToList())
            {
                if (DamageOf(imageId, names, layers, damaged) is { } reason)
                {
                    string called = Called(imageId, names);
                    StoreDamage damage = Damage(imageId, called, reason, damaged);
                    bool removed = TryDrop(imageId, names, called);
                    damages.Add(removed
                        ? damage with { Removed = true }
                        : damage with { Reason = $"{reason}, but it is in use: kept" });
                }
            }
        }

        // A record that cannot be read hides which layers it needs: then all are kept.
        HashSet<string>? used = UsedLayers();
        foreach ((string localId, string reason) in damaged.OrderBy(static layer => layer.Key))
        {
            if (used?.Contains(localId) == false)
            {
                layers.Discard(localId);
                damages.Add(new StoreDamage($"layer {localId}", reason, Removed: true));
            }
        }

        return damages;
    }

    /// <summary>Removes an image, whatever its names; false where something runs from it.</summary>
    private bool TryDrop(string imageId, List<ImageName> names, string called)
    {
        try
        {
            RemoveImage(imageId, names.FindAll(name => name.ImageIdHex == imageId), called);
            return true;
        }
        catch (ImageInUseException)
        {
            return false;
        }
    }

    /// <summary>What an image is called in a message: its tags, else its digests, else the beginning of its id.</summary>
    private static string Called(string imageId, List<ImageName> names)
    {
        List<ImageName> own = names.FindAll(name => name.ImageIdHex == imageId);
        List<ImageName> tags = own.FindAll(name => name.Reference.Tag is not null);
        return own.Count == 0 ? ShortId.Of(imageId) : string.Join(", ", (tags.Count > 0 ? tags : own).Select(Familiar));
    }

    private StoreDamage Damage(
        string imageId, string called, string reason, ConcurrentDictionary<string, string> damaged) =>
        new(called, reason)
        {
            ImageId = DigestOf(imageId),
            Layers = [.. _records.TryRead(imageId, out _)?.LayerIds.Where(damaged.ContainsKey).Distinct() ?? []],
        };

    private string? DamageOf(
        string imageId, List<ImageName> names, LayerStore layers, ConcurrentDictionary<string, string> damaged)
    {
        LaunchRecord? record = _records.TryRead(imageId, out RecordState state);
        if (UnusableBecause(record, state, layers) is { } unusable)
        {
            return unusable;
        }

        return record is null ? null
            : record.ImageId.Hex != imageId ? "its record is that of another image"
            : record.LayerIds.Where(damaged.ContainsKey).Select(localId => damaged[localId]).FirstOrDefault()
                ?? DamageOf("config", record.ImageId)
                ?? names.Where(name => name.ImageIdHex == imageId && name.Manifest is not null)
                    .Select(name => DamageOf("manifest", name.Manifest!.Value)).FirstOrDefault(static reason => reason is not null);
    }

    private string? DamageOf(string kind, Digest document)
    {
        ContentStore content = new(_layout);
        try
        {
            return content.TryRead(document) is null ? $"its {kind} {document} is missing" : null;
        }
        catch (CorruptContentException)
        {
            return $"its {kind} {document} {(content.IsUnwritten(document) ? LostInAPowerCut : "is damaged")}";
        }
        catch (SyscallException e)
        {
            return e.Message;
        }
    }

    private static string? DamageOf(LayerStore layers, string localId)
    {
        if (layers.IsPending(localId))
        {
            // Nobody has said yet what its tar must be.
            return layers.HasTree(localId) ? null : $"layer {localId} has no files";
        }

        try
        {
            new LayerPipeline(layers).WriteTar(localId, Stream.Null);
            return null;
        }
        catch (LayerException e)
        {
            return e.Message;
        }
        catch (SyscallException e)
        {
            return e.Message;
        }
        catch (IOException)
        {
            return $"layer {localId} cannot be read: input/output error";
        }
    }

    /// <summary>Why an image that is there counts as absent; null for one that does not, or is not there.</summary>
    private static string? UnusableBecause(LaunchRecord? record, RecordState state, LayerStore layers) => state switch
    {
        RecordState.Lost => "it " + LostInAPowerCut,
        RecordState.Damaged => "its record is damaged",
        RecordState.Present when !record!.LayerIds.All(layers.Contains) => "a layer is missing",
        _ => null,
    };
}
