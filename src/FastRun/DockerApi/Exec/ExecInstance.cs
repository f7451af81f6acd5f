using System;
using System.Linq;
using System.Threading;
using FastRun.Engine.Exec;
using FastRun.Engine.Supervision;
using FastRun.Native.Terminals;

namespace FastRun.DockerApi.Exec;

/// <summary>One more process of a container, from its request to some minutes after its end (Engine API, ExecInspectResponse).</summary>
/// <param name="id">64 hex digits.</param>
/// <param name="container">The container's id.</param>
/// <param name="request">What it is.</param>
/// <param name="streams">Which of its streams the client reads and writes.</param>
internal sealed class ExecInstance(string id, string container, ExecRequest request, AttachStreams streams)
{
    private int _started;

    internal string Id => id;

    internal string Container => container;

    internal ExecRequest Request => request;

    internal AttachStreams Streams => streams;

    /// <summary>What the client types to leave it.</summary>
    internal string? DetachKeys { get; init; }

    /// <summary>Its terminal's first size, where the client gave it when it asked for the process.</summary>
    internal WindowSize? Size { get; init; }

    /// <summary>The connection to it while it runs.</summary>
    internal AttachSession? Session { get; set; }

    /// <summary>How it ended; null while it has not.</summary>
    internal int? ExitCode { get; private set; }

    /// <summary>When it ended, or was made.</summary>
    internal DateTimeOffset Since { get; private set; } = DateTimeOffset.UtcNow;

    /// <summary>Whether it was ever started.</summary>
    internal bool IsStarted => Volatile.Read(ref _started) != 0;

    /// <summary>How long its command and environment are.</summary>
    internal long Characters { get; } = request.Command.Sum(static word => (long)word.Length) + request.Env.Sum(static variable => (long)variable.Length);

    /// <summary>Whether it runs.</summary>
    internal bool IsRunning => Session is not null && ExitCode is null;

    /// <summary>Claims its one start; false for all but the first.</summary>
    internal bool TryStart() => Interlocked.Exchange(ref _started, 1) == 0;

    /// <summary>It has ended.</summary>
    internal void End(int code)
    {
        (ExitCode, Since) = (code, DateTimeOffset.UtcNow);
        Session?.Dispose();
        Session = null;
    }
}
