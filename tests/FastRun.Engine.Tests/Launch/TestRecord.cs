using System.Linq;
using FastRun.Layers.Images;
using FastRun.Layers.Oci;

namespace FastRun.Engine.Tests.Launch;

/// <summary>Images as a launch sees them.</summary>
internal static class TestRecord
{
    internal static LaunchRecord Of(string[]? entrypoint = null, string[]? cmd = null, string[]? env = null) => new()
    {
        ImageId = Digest.Parse("sha256:" + string.Concat(Enumerable.Repeat("0", 64))),
        Platform = Platform.Host,
        LayerIds = ["1"],
        Entrypoint = entrypoint ?? [],
        Cmd = cmd ?? [],
        Env = env ?? [],
    };
}
