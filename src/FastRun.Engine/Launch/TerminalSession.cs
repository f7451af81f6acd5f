using System;
using FastRun.Engine.Errors;
using FastRun.Native;
using FastRun.Native.Filesystem;
using FastRun.Native.Terminals;

namespace FastRun.Engine.Launch;

/// <summary>
/// The pseudo terminal of a container (-t) and its connection to the caller's: sizes, raw mode, copying both ways.
/// </summary>
internal sealed class TerminalSession : IDisposable
{
    private const int StandardInput = 0;
    private const int StandardOutput = 1;
    private const uint TtyGroup = 5;

    /// <summary>How long the caller's terminal may take nothing of the last output before the rest is dropped.</summary>
    private const long DeliveryMilliseconds = 5_000;

    private readonly PseudoTerminal _terminal;
    private readonly bool _openStdin;
    private RawMode? _rawMode;
    private TerminalRelay? _relay;

    private TerminalSession(PseudoTerminal terminal, bool openStdin)
    {
        _terminal = terminal;
        _openStdin = openStdin;
    }

    /// <summary>The container's side.</summary>
    internal Fd Peer => _terminal.Peer;

    /// <summary>Its name in /dev/pts.</summary>
    internal int Index => _terminal.Index;

    /// <summary>Allocates the terminal in a container's devpts and gives it to the container's user.</summary>
    /// <exception cref="EngineException">Input was asked for, and is no terminal.</exception>
    internal static TerminalSession Open(Fd devpts, bool openStdin, ProcessIdentity identity)
    {
        if (openStdin && !Terminal.IsTerminal(StandardInput))
        {
            throw new EngineException(ErrorKind.InvalidArgument, "the input device is not a TTY", hint: "leave out -t, or -i");
        }

        WindowSize? size = Terminal.TryGetSize(StandardOutput, out WindowSize found)
            || Terminal.TryGetSize(StandardInput, out found) ? found : null;
        PseudoTerminal terminal = PseudoTerminal.Open(devpts, size);
        FileAt.ChangeOwner(terminal.Peer, identity.Uid, TtyGroup);
        return new TerminalSession(terminal, openStdin);
    }

    /// <summary>Once the child has its side: puts the caller's terminal into raw mode and starts to copy.</summary>
    internal void Start(PollSet poll)
    {
        _terminal.Peer.Dispose();
        if (_openStdin)
        {
            _rawMode = RawMode.Enter(StandardInput);
        }

        _relay = new TerminalRelay(poll, _openStdin ? StandardInput : null, StandardOutput, _terminal.Master);
    }

    /// <summary>Copies what the last wait found.</summary>
    internal void Advance() => _relay?.Advance();

    /// <summary>Gives the container's terminal the size of the caller's.</summary>
    internal void CopySize() =>
        Terminal.CopySize(Terminal.IsTerminal(StandardOutput) ? StandardOutput : StandardInput, _terminal.Master.Number);

    /// <summary>Delivers what the container wrote last.</summary>
    internal void Complete() => _relay?.Complete(DeliveryMilliseconds);

    /// <inheritdoc/>
    public void Dispose()
    {
        _rawMode?.Dispose();
        _relay?.Dispose();
        _terminal.Dispose();
    }
}
