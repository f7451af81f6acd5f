using FastRun.Engine.Launch;
using FastRun.Native;
using FastRun.Native.Filesystem;
using FastRun.Native.Terminals;

namespace FastRun.Engine.Supervision;

/// <summary>The streams of a container that a supervisor holds: pipes, or a terminal.</summary>
/// <param name="tty">Whether it is a terminal.</param>
/// <param name="openStdin">Whether it can be written to; otherwise standard input is empty.</param>
/// <param name="size">The terminal's first size; null leaves it at zero by zero.</param>
internal sealed class SupervisedStreams(bool tty, bool openStdin, WindowSize? size = null) : ContainerStreams
{
    private const uint TtyGroup = 5;

    private readonly Fd?[] _containerEnds = new Fd?[3];
    private PseudoTerminal? _terminal;

    /// <summary>Where the container's input is written; null where it has none, or it was closed.</summary>
    internal Fd? Input { get; private set; }

    /// <summary>Where its output is read, or that of its terminal.</summary>
    internal Fd? Output { get; private set; }

    /// <summary>Where its standard error is read; null with a terminal.</summary>
    internal Fd? Error { get; private set; }

    /// <inheritdoc/>
    internal override int NullDescriptors => tty || openStdin ? 0 : 1;

    /// <inheritdoc/>
    internal override int? TerminalIndex => _terminal?.Index;

    /// <inheritdoc/>
    internal override void Open(Fd? devpts, ProcessIdentity identity)
    {
        if (tty)
        {
            _terminal = PseudoTerminal.Open(devpts!, size);
            FileAt.ChangeOwner(_terminal.Peer, identity.Uid, TtyGroup);
            Output = _terminal.Master;
            Input = openStdin ? _terminal.Master : null;
            return;
        }

        // Who opens /dev/stdout in the container needs to own what is behind it.
        Pipe.Open(out Fd output, out Fd containerOutput, nonBlockingRead: true);
        (Output, _containerEnds[1]) = (output, containerOutput);
        FileAt.ChangeOwner(containerOutput, identity.Uid, identity.Gid);
        Pipe.Open(out Fd error, out Fd containerError, nonBlockingRead: true);
        (Error, _containerEnds[2]) = (error, containerError);
        FileAt.ChangeOwner(containerError, identity.Uid, identity.Gid);
        if (openStdin)
        {
            Pipe.Open(out Fd containerInput, out Fd input, nonBlockingWrite: true);
            (Input, _containerEnds[0]) = (input, containerInput);
            FileAt.ChangeOwner(containerInput, identity.Uid, identity.Gid);
        }
    }

    /// <inheritdoc/>
    internal override Fd? Descriptor(int number) => _terminal?.Peer ?? _containerEnds[number];

    /// <summary>Once the container has them: closes its ends here, so that their end is seen.</summary>
    internal void CloseContainerEnds()
    {
        _terminal?.Peer.Dispose();
        foreach (Fd? end in _containerEnds)
        {
            end?.Dispose();
        }
    }

    /// <summary>Gives its terminal a size; nothing without one.</summary>
    internal void Resize(WindowSize size)
    {
        if (_terminal is not null)
        {
            Terminal.SetSize(_terminal.Master.Number, size);
        }
    }

    /// <summary>Ends its input. A terminal stays open: its end is a character.</summary>
    internal void CloseInput()
    {
        if (!tty)
        {
            Input?.Dispose();
        }

        Input = null;
    }

    /// <summary>Forgets a stream that has ended.</summary>
    internal void Ended(Fd stream)
    {
        if (stream == Output)
        {
            Output = null;
        }
        else if (stream == Error)
        {
            Error = null;
        }

        if (!tty)
        {
            stream.Dispose();
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        CloseContainerEnds();
        CloseInput();
        Output?.Dispose();
        Error?.Dispose();
        _terminal?.Dispose();
    }
}
