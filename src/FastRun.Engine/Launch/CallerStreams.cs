using FastRun.Native;

namespace FastRun.Engine.Launch;

/// <summary>The caller's own descriptors, so that no byte is copied; or a terminal that is connected to the caller's.</summary>
/// <param name="tty">Whether it has a terminal.</param>
/// <param name="openStdin">Whether it has the caller's standard input.</param>
internal sealed class CallerStreams(bool tty, bool openStdin) : ContainerStreams
{
    private int _nullDescriptors;

    /// <summary>The connection of the terminals; null without one, or before <see cref="Open"/>.</summary>
    internal TerminalSession? Terminal { get; private set; }

    /// <inheritdoc/>
    internal override int NullDescriptors => _nullDescriptors;

    /// <inheritdoc/>
    internal override int? TerminalIndex => Terminal?.Index;

    /// <inheritdoc/>
    internal override void Open(Fd? devpts, ProcessIdentity identity)
    {
        if (tty)
        {
            Terminal = TerminalSession.Open(devpts!, openStdin, identity);
        }
        else
        {
            _nullDescriptors = StandardDescriptors.ToReplace(openStdin);
        }
    }

    /// <inheritdoc/>
    internal override Fd? Descriptor(int number) => Terminal?.Peer;

    /// <inheritdoc/>
    public override void Dispose() => Terminal?.Dispose();
}
