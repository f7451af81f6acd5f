using System;
using System.Diagnostics;
using System.Threading;
using FastRun.Layers.Oci;

namespace FastRun.Layers.Images.Pushing;

/// <summary>How far one layer is on its way to a registry. May be read from any thread at any time.</summary>
public sealed class PushProgress
{
    private readonly PushObserver _observer;
    private long _done;
    private long _total;
    private long _began;
    private volatile int _state;

    internal PushProgress(Digest diffId, PushObserver observer) => (DiffId, _observer) = (diffId, observer);

    /// <summary>The layer.</summary>
    public Digest DiffId { get; }

    /// <summary>What happens to it now.</summary>
    public PushState State => (PushState)_state;

    /// <summary>The repository that it was taken from; null unless it was mounted.</summary>
    public string? From { get; private set; }

    /// <summary>Bytes that are done, of <see cref="Total"/>: of the blob, or of the tar where that is compressed here.</summary>
    public long Done => Interlocked.Read(ref _done);

    /// <summary>Bytes that have to be done.</summary>
    public long Total => Interlocked.Read(ref _total);

    /// <summary>Since its sending began; zero before.</summary>
    public TimeSpan Elapsed => Interlocked.Read(ref _began) is var began && began == 0 ? default : Stopwatch.GetElapsedTime(began);

    internal void Advance(long done) => Interlocked.Exchange(ref _done, done);

    internal void EnterPushing(long total)
    {
        Interlocked.Exchange(ref _done, 0);
        Interlocked.Exchange(ref _total, total);
        Interlocked.Exchange(ref _began, Stopwatch.GetTimestamp());
        Enter(PushState.Pushing);
    }

    internal void EnterMounted(string from)
    {
        From = from;
        Enter(PushState.Mounted);
    }

    internal void Enter(PushState state)
    {
        _state = (int)state;
        _observer.Changed(this);
    }
}
