using System;
using System.IO;
using FastRun.Layers.Oci;
using FastRun.Layers.References;

namespace FastRun.Layers.Images;

/// <summary>
/// The images on this machine. Finding one takes an open, a lock, a stat and a read of one small file; see
/// <c>docs/state-on-disk.md</c> for the files and who locks what.
/// </summary>
public sealed partial class ImageStore
{
    private readonly StateLayout _layout;
    private readonly ImageRecords _records;
    private readonly ImageNames _names;
    private readonly ImageLoad _load;
    private readonly IImageUsers _users;

    /// <summary>Opens the store; nothing is touched until it is used.</summary>
    /// <param name="layout">Where it is.</param>
    /// <param name="users">Who needs images without holding them; asked before one is removed.</param>
    public ImageStore(StateLayout layout, IImageUsers users)
    {
        _layout = layout;
        _users = users;
        _records = new ImageRecords(layout);
        _names = new ImageNames(layout);
        _load = new ImageLoad(layout, _records, _names, this);
    }

    /// <summary>Opens a store of which nobody needs anything without holding it.</summary>
    internal ImageStore(StateLayout layout)
        : this(layout, new NoImageUsers())
    {
    }

    /// <summary>Leases the image that a reference names in this store.</summary>
    /// <param name="reference">Its name. A short name that Docker Hub's images do not have may be a local image's.</param>
    /// <param name="platform">What the image must be built for; null for whatever is there.</param>
    /// <returns>The lease, or null where no such image, or only one for another platform, is in the store.</returns>
    public ImageLease? TryOpen(ImageReference reference, Platform? platform = null)
    {
        ImageLease? lease = Find(reference, out _);
        if (lease is not null && !Serves(lease, platform))
        {
            lease.Dispose();
            lease = null;
        }

        return lease;
    }

    /// <summary>Leases the image at a location, which is loaded first where its manifest is not in the store.</summary>
    /// <exception cref="ImageNotFoundException">There is none, or more than one could be meant.</exception>
    /// <exception cref="PlatformNotFoundException">It is not there for the platform.</exception>
    /// <exception cref="CorruptContentException">It is not what its digests say, or breaks its format.</exception>
    /// <exception cref="LayerException">A layer cannot be unpacked.</exception>
    /// <exception cref="OperationCanceledException">The observer gave up.</exception>
    public ImageLease Open(ImageLocation location, Platform? platform = null, LoadObserver? observer = null) => location.Transport switch
    {
        ImageTransport.Registry or ImageTransport.Snapshot => OpenStored(location, platform),
        ImageTransport.Host => throw new ArgumentException("the host's root is not in the image store", nameof(location)),
        _ => Load(location, platform, observer ?? LoadObserver.None),
    };

    /// <summary>Leases an image that is in the store under a name or an id.</summary>
    /// <param name="location">Its name or the beginning of its id.</param>
    /// <param name="platform">What it must be built for; null for whatever is there.</param>
    /// <param name="state">Why there is none; one for another platform is as good as absent.</param>
    public ImageLease? TryOpen(ImageLocation location, Platform? platform, out RecordState state)
    {
        ImageLease? lease = FindStored(location, out state);
        if (lease is not null && !Serves(lease, platform))
        {
            lease.Dispose();
            (lease, state) = (null, RecordState.Absent);
        }

        return lease;
    }

    private ImageLease? FindStored(ImageLocation location, out RecordState state)
    {
        state = RecordState.Absent;
        ImageLease? lease = location.Reference is null ? null : Find(location.Reference, out state);
        if (lease is null && state == RecordState.Absent && location.ImageIdPrefix is not null)
        {
            string? imageId = FindId(location.ImageIdPrefix, location.Text);
            lease = imageId is null ? null : _records.TryLease(Path.Combine(_layout.ImageIds, imageId), out state);
        }

        return lease;
    }

    private ImageLease OpenStored(ImageLocation location, Platform? platform)
    {
        ImageLease? lease = FindStored(location, out RecordState state);
        return lease is null
            ? throw (location.Transport == ImageTransport.Snapshot && state == RecordState.Absent ? NoSnapshot(location.Reference!) : Missing(location.Text, state))
            : RequirePlatform(lease, location.Text, platform);
    }

    private ImageLease? Find(ImageReference reference, out RecordState state)
    {
        ImageLease? lease = _records.TryLease(_layout.ImageName(reference), out state);
        if (lease is null && state == RecordState.Absent && reference.IsShort)
        {
            lease = _records.TryLease(_layout.ImageName(reference.ToLocal()), out state);
            if (lease is null && state == RecordState.Absent)
            {
                lease = _records.TryLease(_layout.ImageName(reference.ToSnapshot()), out state);
            }
        }

        return lease;
    }

    private static bool Serves(ImageLease lease, Platform? platform) =>
        platform is null || lease.Record.Platform.DistanceFrom(platform) >= 0;

    private static ImageLease RequirePlatform(ImageLease lease, string name, Platform? platform)
    {
        if (Serves(lease, platform))
        {
            return lease;
        }

        lease.Dispose();
        throw new PlatformNotFoundException(name, platform!, [lease.Record.Platform]);
    }

    private static ImageNotFoundException Missing(string name, RecordState state) => new(name, state switch
    {
        RecordState.Lost => "the image had not reached the disk when the machine lost power; load it again",
        RecordState.Damaged => "the image's record is damaged; remove the image and load it again",
        _ => "no such image",
    });

    /// <summary>The one image whose id starts with some digits; null where none does.</summary>
    private string? FindId(string prefix, string name)
    {
        string? found = null;
        foreach (string hex in _records.All())
        {
            if (hex.StartsWith(prefix, StringComparison.Ordinal))
            {
                found = found is null
                    ? hex
                    : throw new ImageNotFoundException(name, "more than one image id starts with these digits");
            }
        }

        return found;
    }
}
