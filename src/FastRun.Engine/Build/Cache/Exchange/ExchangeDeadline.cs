using System;
using System.Threading;

namespace FastRun.Engine.Build.Cache.Exchange;

/// <summary>
/// Ends what takes too long: what does not get on for a while, and the whole after a time that grows with what is to be moved. What it
/// ends is broken for good: connections are closed.
/// </summary>
internal sealed class ExchangeDeadline : IDisposable
{
    /// <summary>What any link that is worth it moves in a second.</summary>
    private const long LeastBytesPerSecond = 256 << 10;

    private static readonly TimeSpan s_longest = TimeSpan.FromMinutes(10);

    private readonly CancellationTokenSource _stop;
    private readonly TimeSpan _patience;
    private long _last;
    private long _end = long.MaxValue;

    /// <param name="patience">For how long nothing may happen.</param>
    /// <param name="cancellation">Ends it, too.</param>
    internal ExchangeDeadline(TimeSpan patience, CancellationToken cancellation)
    {
        _patience = patience;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
    }

    internal CancellationToken Token => _stop.Token;

    /// <summary>Begins to count.</summary>
    /// <param name="bytes">How much is to be moved, where that is known: a stranger's word, so it helps only so far.</param>
    internal void Begin(long bytes = 0)
    {
        TimeSpan whole = TimeSpan.FromSeconds(Math.Min(Math.Max(bytes, 0) / LeastBytesPerSecond, (long)s_longest.TotalSeconds)) + _patience;
        Volatile.Write(ref _end, Environment.TickCount64 + (long)whole.TotalMilliseconds);
        _stop.CancelAfter(whole);
    }

    /// <summary>Something was moved: there is time again, but the whole has its end.</summary>
    internal void Moved()
    {
        long now = Environment.TickCount64;
        if (now - Volatile.Read(ref _last) < 100)
        {
            return;
        }

        Volatile.Write(ref _last, now);
        _stop.Token.ThrowIfCancellationRequested();
        long left = Math.Min(Volatile.Read(ref _end) - now, (long)_patience.TotalMilliseconds);
        _stop.CancelAfter((int)Math.Max(left, 0));
    }

    /// <summary>Nothing is under way.</summary>
    internal void Rest() => _stop.CancelAfter(Timeout.Infinite);

    public void Dispose() => _stop.Dispose();
}
