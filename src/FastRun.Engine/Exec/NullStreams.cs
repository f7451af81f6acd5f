using FastRun.Engine.Launch;
using FastRun.Native;

namespace FastRun.Engine.Exec;

/// <summary>The null device three times: what a process in the background reads and writes.</summary>
internal sealed class NullStreams : ContainerStreams
{
    /// <inheritdoc/>
    internal override int NullDescriptors => 0b111;

    /// <inheritdoc/>
    internal override void Open(Fd? devpts, ProcessIdentity identity)
    {
    }

    /// <inheritdoc/>
    internal override Fd? Descriptor(int number) => null;

    /// <inheritdoc/>
    public override void Dispose()
    {
    }
}
