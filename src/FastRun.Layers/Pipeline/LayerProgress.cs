using System;
using System.Diagnostics;
using System.Threading;

namespace FastRun.Layers.Pipeline;

/// <summary>How far one layer is. May be read from any thread at any time; each counter is exact by itself.</summary>
public sealed class LayerProgress
{
    private static readonly int s_stages = Enum.GetValues<LayerStage>().Length;

    private readonly long[] _busy = new long[s_stages];
    private readonly long[] _stageBegan = new long[s_stages];
    private readonly long[] _stageEnded = new long[s_stages];
    private readonly ILayerObserver? _observer;
    private long _blobBytes;
    private long _tarBytes;
    private long _started;
    private long _ended;
    private volatile int _state;

    internal LayerProgress(LayerSource source, ILayerObserver? observer)
    {
        Source = source;
        _observer = observer;
    }

    /// <summary>The layer.</summary>
    public LayerSource Source { get; }

    /// <summary>What happens to it now.</summary>
    public LayerState State => (LayerState)_state;

    /// <summary>Bytes of the blob that came so far, of <see cref="LayerSource.Size"/>.</summary>
    public long BlobBytes => Interlocked.Read(ref _blobBytes);

    /// <summary>Bytes of the uncompressed tar that came so far.</summary>
    public long TarBytes => Interlocked.Read(ref _tarBytes);

    /// <summary>Since its unpacking began, until it ended; zero before.</summary>
    public TimeSpan Elapsed
    {
        get
        {
            long started = Interlocked.Read(ref _started);
            long ended = Interlocked.Read(ref _ended);
            return started == 0 ? default : Stopwatch.GetElapsedTime(started, ended == 0 ? Stopwatch.GetTimestamp() : ended);
        }
    }

    /// <summary>When its unpacking began, as <see cref="Stopwatch.GetTimestamp"/> tells the time; 0 before.</summary>
    public long Began => Interlocked.Read(ref _started);

    /// <summary>How long a stage was at work, waiting for its neighbours not counted. Stages of a layer overlap.</summary>
    public TimeSpan Busy(LayerStage stage) => Stopwatch.GetElapsedTime(0, Interlocked.Read(ref _busy[(int)stage]));

    /// <summary>
    /// From when to when a stage was at work, its waits in between included, as <see cref="Stopwatch.GetTimestamp"/> tells the
    /// time; both 0 for one that has not begun.
    /// </summary>
    public (long From, long To) Span(LayerStage stage) =>
        (Interlocked.Read(ref _stageBegan[(int)stage]), Interlocked.Read(ref _stageEnded[(int)stage]));

    internal void AddBlobBytes(int count) => Interlocked.Add(ref _blobBytes, count);

    internal void AddTarBytes(int count) => Interlocked.Add(ref _tarBytes, count);

    /// <summary>Counts the time since a timestamp as work of a stage.</summary>
    internal void AddBusy(LayerStage stage, long since)
    {
        long now = Stopwatch.GetTimestamp();
        Interlocked.Add(ref _busy[(int)stage], now - since);
        Interlocked.CompareExchange(ref _stageBegan[(int)stage], since, 0);
        Interlocked.Exchange(ref _stageEnded[(int)stage], now);
    }

    /// <summary>Takes ticks of the stopwatch, for which a stage waited in what was counted as its work, off again.</summary>
    internal void AddIdle(LayerStage stage, long ticks) => Interlocked.Add(ref _busy[(int)stage], -ticks);

    /// <summary>Enters a state and tells the observer. A layer that is unpacked once more begins anew.</summary>
    internal void Enter(LayerState state)
    {
        if (state == LayerState.Unpacking)
        {
            Interlocked.Exchange(ref _blobBytes, 0);
            Interlocked.Exchange(ref _tarBytes, 0);
            Interlocked.Exchange(ref _ended, 0);
            Interlocked.Exchange(ref _started, Stopwatch.GetTimestamp());
            for (int stage = 0; stage < s_stages; stage++)
            {
                Interlocked.Exchange(ref _stageBegan[stage], 0);
                Interlocked.Exchange(ref _stageEnded[stage], 0);
            }
        }
        else if (State == LayerState.Unpacking)
        {
            Interlocked.Exchange(ref _ended, Stopwatch.GetTimestamp());
        }

        _state = (int)state;
        _observer?.Changed(this);
    }
}
