using System;
using System.Globalization;
using System.IO;
using FastRun.Layers.Oci;
using FastRun.Layers.References;

namespace FastRun.Layers;

/// <summary>
/// Spells every path that FastRun keeps state at. <c>docs/state-on-disk.md</c> tells what each holds, who locks what,
/// and in which order.
/// </summary>
/// <param name="dataRoot">What outlives a boot; <c>/var/lib/fastrun</c> for root.</param>
/// <param name="runRoot">What belongs to this boot; <c>/run/fastrun</c> for root.</param>
public sealed class StateLayout(string dataRoot, string runRoot)
{
    /// <summary>Where the persistent root is unless somebody says otherwise.</summary>
    public const string DefaultDataRoot = "/var/lib/fastrun";

    /// <summary>Where the root of this boot is unless somebody says otherwise.</summary>
    public const string DefaultRunRoot = "/run/fastrun";

    private readonly Lazy<long?> _imageLimit = new((long?)null);

    /// <summary>The persistent root.</summary>
    public string DataRoot { get; } = Path.GetFullPath(dataRoot);

    /// <summary>The root of this boot's records.</summary>
    public string RunRoot { get; } = Path.GetFullPath(runRoot);

    /// <summary>The most bytes that images may occupy, those in use apart; null for no limit.</summary>
    public long? ImageLimit
    {
        get => _imageLimit.Value;
        init => _imageLimit = new Lazy<long?>(value);
    }

    /// <summary>Where the limit comes from, asked only by those who bring or collect images.</summary>
    public Func<long?> ImageLimitSource
    {
        init => _imageLimit = new Lazy<long?>(value);
    }

    /// <summary>Image records: <c>&lt;registry&gt;/&lt;repository&gt;/_tags</c>, <c>_digests</c>, and <c>_ids</c>.</summary>
    public string Images => Path.Combine(DataRoot, "images");

    /// <summary>Image records by image id (the config's digest); tags and digests are symbolic links to these.</summary>
    public string ImageIds => Path.Combine(Images, "_ids");

    /// <summary>Held exclusively, and briefly, by whoever changes image names or records.</summary>
    public string ImagesLock => Path.Combine(Images, "_lock");

    /// <summary>Locks by manifest or config: whoever loads an image holds its own, so that others wait and find it there.</summary>
    public string ImageLoads => Path.Combine(Images, "_loads");

    /// <summary>Links from provisional images that are still used to the digests of what they have become.</summary>
    public string SettledImages => Path.Combine(Images, "_settled");

    /// <summary>Lists of manifests that are being made: <c>manifest-lists/&lt;sha256 of the name&gt;.json</c>.</summary>
    public string ManifestLists => Path.Combine(DataRoot, "manifest-lists");

    /// <summary>Manifests, configs and kept blobs: <c>content/&lt;algorithm&gt;/&lt;hex&gt;</c>.</summary>
    public string Content => Path.Combine(DataRoot, "content");

    /// <summary>Unpacked layers: <c>layers/&lt;local id&gt;/{fs,tar-index,layer.json}</c>.</summary>
    public string Layers => Path.Combine(DataRoot, "layers");

    /// <summary>The index from diffID to local id.</summary>
    public string LayerDiffs => Path.Combine(Layers, "_diffs");

    /// <summary>Held shared while layers are added or gain users, exclusively while unused ones are collected.</summary>
    public string LayersLock => Path.Combine(DataRoot, "layers.lock");

    /// <summary>The tree below every image's layers that holds what the system's own mounts cover.</summary>
    public string MountPoints => Path.Combine(DataRoot, "mountpoints");

    /// <summary>Work in progress; whatever nobody holds a lock on is garbage.</summary>
    public string Staging => Path.Combine(DataRoot, "staging");

    /// <summary>Per container: config, state, upper, work, log.</summary>
    public string Containers => Path.Combine(DataRoot, "containers");

    /// <summary>The names of containers: symbolic links to their ids.</summary>
    public string ContainerNames => Path.Combine(DataRoot, "names");

    /// <summary>Named volumes: <c>volumes/&lt;name&gt;/{_data,volume.json}</c>.</summary>
    public string Volumes => Path.Combine(DataRoot, "volumes");

    /// <summary>Networks: <c>networks/&lt;id&gt;.json</c>.</summary>
    public string Networks => Path.Combine(DataRoot, "networks");

    /// <summary>The names of networks: symbolic links to their ids.</summary>
    public string NetworkNames => Path.Combine(Networks, "_names");

    /// <summary>Held exclusively, and briefly, by whoever makes or removes a network.</summary>
    public string NetworksLock => Path.Combine(Networks, "_lock");

    /// <summary>Things on their way out: renamed here first, then deleted.</summary>
    public string Trash => Path.Combine(DataRoot, "trash");

    /// <summary>Compiled seccomp filters by digest of profile and capabilities.</summary>
    public string SeccompCache => Path.Combine(DataRoot, "seccomp");

    /// <summary>What builds keep.</summary>
    public string BuildCache => Path.Combine(DataRoot, "build-cache");

    /// <summary>What the steps of builds have made, a record for each key.</summary>
    public string BuildSteps => Path.Combine(BuildCache, "steps");

    /// <summary>What is known of the directories that were built from.</summary>
    public string BuildContexts => Path.Combine(BuildCache, "contexts");

    /// <summary>The digests of the files of a directory that was built from, by what the kernel says of them.</summary>
    /// <param name="device">The file system that the directory is on.</param>
    /// <param name="inode">The directory's inode.</param>
    public string BuildContextHashes(ulong device, ulong inode) =>
        Path.Combine(BuildContexts, string.Create(CultureInfo.InvariantCulture, $"{device:x}-{inode:x}"));

    /// <summary>The cache mounts of <c>RUN --mount=type=cache</c>, a directory for each.</summary>
    public string BuildMounts => Path.Combine(BuildCache, "mounts");

    /// <summary>What ADD fetched, by the sha256 of where from: digests, no content.</summary>
    public string BuildFetched => Path.Combine(BuildCache, "fetched");

    /// <summary>The record of an image.</summary>
    public string ImageRecord(Digest imageId) => Path.Combine(ImageIds, imageId.Hex);

    /// <summary>The directory of a repository's names.</summary>
    public string ImageRepository(ImageReference name) => Path.Combine(Images, name.Registry, name.Repository);

    /// <summary>The link that a tag is, or that the digest is where the reference has one.</summary>
    public string ImageName(ImageReference name) => name.Digest is { } digest
        ? Path.Combine(ImageRepository(name), "_digests", digest.ToString())
        : Path.Combine(ImageRepository(name), "_tags", name.Tag ?? ImageReference.DefaultTag);

    /// <summary>The lock of whoever loads the image with this manifest or config.</summary>
    public string ImageLoad(Digest digest) => Path.Combine(ImageLoads, digest.Hex);

    /// <summary>The file of a blob, manifest or config.</summary>
    public string Blob(Digest digest) => Path.Combine(Content, digest.Algorithm, digest.Hex);

    /// <summary>The directory of an unpacked layer.</summary>
    public string Layer(string localId) => Path.Combine(Layers, localId);

    /// <summary>The tree of an unpacked layer: what overlayfs takes as a lower.</summary>
    public string LayerTree(string localId) => Path.Combine(Layers, localId, "fs");

    /// <summary>The persistent directory of a container or sandbox.</summary>
    public string Container(string id) => Path.Combine(Containers, id);

    /// <summary>What happened in this boot: <c>events/{journal,journal.1}</c>.</summary>
    public string Events => Path.Combine(RunRoot, "events");

    /// <summary>The networks of this boot, a directory each.</summary>
    public string RunningNetworks => Path.Combine(RunRoot, "networks");

    /// <summary>Locks by which ports are held of a protocol that the kernel has no sockets for.</summary>
    public string PortLocks => Path.Combine(RunningNetworks, "_ports");

    /// <summary>What a network has in this boot: the form of its bridge, and a file for each address that is in use.</summary>
    public string RunningNetwork(string id) => Path.Combine(RunningNetworks, id);

    /// <summary>
    /// The containers that are in CNI networks, a record each. On disk, since what plugins hold (host-local's addresses) outlives a boot.
    /// </summary>
    public string CniAttachments => Path.Combine(DataRoot, "cni");

    /// <summary>Where containers that start meet the name server: its socket, and a record of each container that it serves.</summary>
    public string NameServer => Path.Combine(RunRoot, "name-server");

    /// <summary>What a running container has for this boot only: its socket, what was asked of it.</summary>
    public string RunningContainer(string id) => Path.Combine(RunRoot, "containers", id);
}
