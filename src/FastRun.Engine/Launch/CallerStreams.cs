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
    internal override void Open(DeviceFilesystem devices, ProcessIdentity identity)
    {
        OpenIn(devices.Terminals, identity);
        if (tty)
        {
            devices.MakeConsole();
        }
    }

    /// <summary>As <see cref="Open"/>, for a container that runs.</summary>
    /// <param name="devpts">Its devpts; null without a terminal.</param>
    /// <param name="identity">Who is to have the terminal.</param>
    /// <exception cref="Errors.EngineException">It cannot be opened.</exception>
    internal void OpenIn(Fd? devpts, ProcessIdentity identity)
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
