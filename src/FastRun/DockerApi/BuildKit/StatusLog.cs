using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Threading;
using System.Threading.Channels;
using FastRun.Engine.Build.Checks;
using FastRun.Engine.Build.Progress;
using FastRun.Grpc;

namespace FastRun.DockerApi.BuildKit;

/// <summary>
/// How a build gets on, as BuildKit's clients read it (Control.Status): vertexes, what they say, what commands write, warnings. Who comes
/// late is told what was before, of commands' output only the beginning; who reads slowly is waited for.
/// </summary>
/// <param name="job">What tells the build's vertexes from those of others.</param>
internal sealed class StatusLog(string job) : BuildObserver
{
    private const int KeptOutput = 1 << 20;
    private const int Ahead = 256;

    private readonly Lock _gate = new();
    private readonly List<ReadOnlyMemory<byte>> _history = [];
    private readonly List<Channel<ReadOnlyMemory<byte>>> _readers = [];
    private readonly DateTimeOffset _began = DateTimeOffset.UtcNow;
    private readonly long _beganAt = Stopwatch.GetTimestamp();
    private int _keptOutput;
    private bool _ended;
    private BuildVertex? _definition;

    /// <summary>Where in the Dockerfile the build has failed; null where it has not, or nowhere in it.</summary>
    internal FailedSource? Source { get; private set; }

    /// <summary>Reads all of it, to the end of the build. <see cref="Leave"/> follows.</summary>
    internal Channel<ReadOnlyMemory<byte>> Enter(out IReadOnlyList<ReadOnlyMemory<byte>> before)
    {
        Channel<ReadOnlyMemory<byte>> reader = Channel.CreateBounded<ReadOnlyMemory<byte>>(Ahead);
        lock (_gate)
        {
            before = [.. _history];
            _readers.Add(reader);
            if (_ended)
            {
                reader.Writer.Complete();
            }
        }

        return reader;
    }

    /// <summary>Nobody reads there any more.</summary>
    internal void Leave(Channel<ReadOnlyMemory<byte>> reader)
    {
        lock (_gate)
        {
            _readers.Remove(reader);
        }

        reader.Writer.TryComplete();
    }

    /// <summary>Nothing more will come.</summary>
    internal void End()
    {
        lock (_gate)
        {
            _ended = true;
            _readers.ForEach(static reader => reader.Writer.TryComplete());
        }
    }

    public override void Note(string text) => Warn(text, static message => message);

    public override void Warned(IReadOnlyList<CheckWarning> warnings, string file, IReadOnlyList<string> lines)
    {
        // Each has the whole file; of many the places are told without.
        string content = string.Join('\n', lines);
        ProtoWriter source = new ProtoWriter().Text(1, file);
        if ((long)content.Length * warnings.Count <= KeptOutput)
        {
            source.Text(2, content).Text(4, "Dockerfile");
        }

        foreach (CheckWarning warning in warnings)
        {
            Warn(warning.Short, message => message
                .Text(4, warning.Description)
                .Text(5, warning.Url)
                .Message(6, source)
                .Message(7, new ProtoWriter().Message(1, Line(warning.FirstLine)).Message(2, Line(warning.LastLine))));
        }
    }

    public override void Failed(string place)
    {
    }

    public override void FailedAt(string file, IReadOnlyList<string> lines, int first, int last) => Source = new FailedSource(file, lines, first, last);

    protected override void OnStarted(BuildVertex vertex)
    {
        _definition ??= vertex;
        Tell(new ProtoWriter().Message(1, Vertex(vertex)));
    }

    protected override void OnOutput(BuildVertex vertex, ReadOnlySpan<byte> text) => Publish(
        new ProtoWriter().Message(3, new ProtoWriter().Text(1, DigestOf(vertex)).Time(2, DateTimeOffset.UtcNow).Number(3, 1).Bytes(4, text)).Written, isOutput: true);

    protected override void OnStatus(BuildVertex vertex, string line)
    {
        const string done = " done";
        DateTimeOffset now = DateTimeOffset.UtcNow;
        string id = line.EndsWith(done, StringComparison.Ordinal) ? line[..^done.Length] : line;
        Tell(new ProtoWriter().Message(2, new ProtoWriter().Text(1, id).Text(2, DigestOf(vertex)).Text(3, id).Time(6, now).Time(7, now).Time(8, now)));
    }

    protected override void OnEnded(BuildVertex vertex)
    {
        ProtoWriter message = Vertex(vertex).Time(6, DateTimeOffset.UtcNow);
        if (vertex.Error is { } error)
        {
            // The words by which clients know that nothing has gone wrong with it.
            message.Text(7, error == "canceled" ? "context canceled" : error);
        }

        Tell(new ProtoWriter().Message(1, message));
    }

    private static ProtoWriter Line(int number) => new ProtoWriter().Number(1, number);

    /// <summary>A warning about the whole.</summary>
    /// <param name="text">The warning.</param>
    /// <param name="more">Adds what else is known.</param>
    private void Warn(string text, Func<ProtoWriter, ProtoWriter> more)
    {
        if (_definition is { } vertex && text.Length > 0)
        {
            Tell(new ProtoWriter().Message(4, more(new ProtoWriter().Text(1, DigestOf(vertex)).Number(2, 1).Text(3, text))));
        }
    }

    /// <summary>A vertex; its start is the same each time, by which clients know that it is the same.</summary>
    private ProtoWriter Vertex(BuildVertex vertex) => new ProtoWriter()
        .Text(1, DigestOf(vertex)).Text(3, vertex.Name).Flag(4, vertex.IsCached).Time(5, _began + Stopwatch.GetElapsedTime(_beganAt, vertex.Started));

    private string DigestOf(BuildVertex vertex) => "sha256:" + Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{job} {vertex.Number}"))));

    private void Tell(ProtoWriter message) => Publish(message.Written, isOutput: false);

    private void Publish(ReadOnlyMemory<byte> message, bool isOutput)
    {
        Channel<ReadOnlyMemory<byte>>[] readers;
        lock (_gate)
        {
            if (!isOutput || _keptOutput + message.Length <= KeptOutput)
            {
                _history.Add(message);
                _keptOutput += isOutput ? message.Length : 0;
            }

            readers = [.. _readers];
        }

        foreach (Channel<ReadOnlyMemory<byte>> reader in readers)
        {
            while (!reader.Writer.TryWrite(message) && reader.Writer.WaitToWriteAsync().AsTask().GetAwaiter().GetResult())
            {
                // It reads slowly.
            }
        }
    }
}
