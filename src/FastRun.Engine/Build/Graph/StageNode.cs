using System;
using System.Runtime.ExceptionServices;
using System.Threading;
using FastRun.Engine.Build.Dockerfile;

namespace FastRun.Engine.Build.Graph;

/// <summary>A stage in the graph of a build: built once, on a thread of its own, when somebody first asks for it.</summary>
internal sealed class StageNode(BuildStage stage, Func<StageNode, StageResult> build)
{
    private readonly Lock _gate = new();
    private Thread? _thread;
    private StageResult? _result;
    private Exception? _failure;

    /// <summary>The stage.</summary>
    internal BuildStage Stage { get; } = stage;

    /// <summary>Whether the image gets the stage's layers.</summary>
    internal bool IsInImage { get; set; }

    /// <summary>Begins to build it, unless that was done.</summary>
    internal void Start()
    {
        lock (_gate)
        {
            if (_thread is null)
            {
                _thread = new Thread(Build) { IsBackground = true, Name = "stage" };
                _thread.Start();
            }
        }
    }

    /// <summary>Waits for it.</summary>
    /// <exception cref="Exception">What it failed with.</exception>
    internal StageResult Wait()
    {
        Start();
        _thread!.Join();
        if (_failure is not null)
        {
            ExceptionDispatchInfo.Throw(_failure);
        }

        return _result!;
    }

    /// <summary>Waits until nothing of it goes on, however it ended.</summary>
    internal void Join()
    {
        Thread? thread;
        lock (_gate)
        {
            thread = _thread;
        }

        thread?.Join();
    }

    private void Build()
    {
        try
        {
            _result = build(this);
        }
        catch (Exception e)
        {
            _failure = e;
        }
    }
}
