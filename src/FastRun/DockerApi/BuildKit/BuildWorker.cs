using FastRun.Engine;
using FastRun.Grpc;
using FastRun.Layers.Oci;

namespace FastRun.DockerApi.BuildKit;

/// <summary>Who builds, as clients are told: this machine, for its own platform.</summary>
internal static class BuildWorker
{
    /// <summary>By this label buildx knows that archives, caches and several platforms can be asked for: without it, Docker's old store is meant.</summary>
    private const string SnapshotterLabel = "org.mobyproject.buildkit.worker.snapshotter";

    internal static ProtoWriter Describe()
    {
        Platform host = Platform.Host;
        return new ProtoWriter()
            .Text(1, "fastrun")
            .Map(2, [new(SnapshotterLabel, "overlayfs")])
            .Message(3, new ProtoWriter().Text(1, host.Architecture).Text(2, host.Os).Text(3, host.Variant))
            .Message(5, Version());
    }

    internal static ProtoWriter Version() => new ProtoWriter().Text(1, "fastrun").Text(2, EngineVersion.Text);
}
