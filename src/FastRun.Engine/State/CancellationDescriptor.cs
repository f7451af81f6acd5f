using System;
using System.Threading;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.State;

/// <summary>A descriptor that poll(2) finds ready once a token is cancelled.</summary>
internal sealed class CancellationDescriptor : IDisposable
{
    private readonly Fd _ready;
    private readonly Fd _end;
    private readonly CancellationTokenRegistration _registration;

    private CancellationDescriptor(CancellationToken token)
    {
        Pipe.Open(out _ready, out _end);
        _registration = token.Register(_end.Dispose);
    }

    /// <summary>Its number.</summary>
    internal int Number => _ready.Number;

    /// <summary>One for a token; null where it can never be cancelled.</summary>
    internal static CancellationDescriptor? TryOpen(CancellationToken token) => token.CanBeCanceled ? new CancellationDescriptor(token) : null;

    /// <inheritdoc/>
    public void Dispose()
    {
        _registration.Dispose();
        _end.Dispose();
        _ready.Dispose();
    }
}
