using System;
using System.Collections.Generic;
using System.Threading;
using FastRun.Engine.Build.Checks;
using FastRun.Engine.Errors;

namespace FastRun.Engine.Build.Progress;

/// <summary>Hears how a build gets on, from several threads at once.</summary>
public abstract class BuildObserver
{
    private readonly List<BuildVertex> _vertices = [];
    private int _last;

    /// <summary>Something has begun.</summary>
    protected abstract void OnStarted(BuildVertex vertex);

    /// <summary>It has said something.</summary>
    /// <param name="vertex">What has.</param>
    /// <param name="text">Bytes of a command's output, in which lines may be divided anywhere.</param>
    protected abstract void OnOutput(BuildVertex vertex, ReadOnlySpan<byte> text);

    /// <summary>The build says something about it.</summary>
    protected abstract void OnStatus(BuildVertex vertex, string line);

    /// <summary>It is over.</summary>
    protected abstract void OnEnded(BuildVertex vertex);

    /// <summary>A line that is about the whole: a warning, or a place in the Dockerfile.</summary>
    public abstract void Note(string text);

    /// <summary>What Docker's build checks have found, once at the most, when nothing of the Dockerfile is built any more.</summary>
    /// <param name="warnings">The warnings; at least one.</param>
    /// <param name="file">What the Dockerfile is called.</param>
    /// <param name="lines">Its lines.</param>
    public virtual void Warned(IReadOnlyList<CheckWarning> warnings, string file, IReadOnlyList<string> lines)
    {
    }

    /// <summary>The build has failed.</summary>
    /// <param name="place">The place in the Dockerfile as Docker shows it, several lines; empty where it is in none.</param>
    public abstract void Failed(string place);

    /// <summary>Where in the Dockerfile the build has failed; <see cref="Failed"/> comes next.</summary>
    /// <param name="file">What the Dockerfile is called.</param>
    /// <param name="lines">Its lines.</param>
    /// <param name="first">The first line that is meant, from 1.</param>
    /// <param name="last">The last one.</param>
    public virtual void FailedAt(string file, IReadOnlyList<string> lines, int first, int last)
    {
    }

    /// <summary>An instruction is come to. What changes files has a vertex, too.</summary>
    /// <param name="number">Which of the Dockerfile's it is, from 1.</param>
    /// <param name="count">How many it has.</param>
    /// <param name="text">The instruction.</param>
    public virtual void Instruction(int number, int count, string text)
    {
    }

    /// <summary>All that has begun so far.</summary>
    internal IReadOnlyList<BuildVertex> Vertices
    {
        get
        {
            lock (_vertices)
            {
                return [.. _vertices];
            }
        }
    }

    internal BuildVertex Start(string name)
    {
        BuildVertex vertex = new(Interlocked.Increment(ref _last), name);
        lock (_vertices)
        {
            _vertices.Add(vertex);
        }

        OnStarted(vertex);
        return vertex;
    }

    internal void Output(BuildVertex vertex, ReadOnlySpan<byte> text) => OnOutput(vertex, text);

    internal void Status(BuildVertex vertex, string line) => OnStatus(vertex, line);

    internal void End(BuildVertex vertex)
    {
        vertex.End();
        OnEnded(vertex);
    }

    /// <summary>Runs something as a vertex of its own.</summary>
    internal T Do<T>(string name, Func<BuildVertex, T> action)
    {
        BuildVertex vertex = Start(name);
        try
        {
            return action(vertex);
        }
        catch (OperationCanceledException)
        {
            vertex.Error = "canceled";
            throw;
        }
        catch (Exception e)
        {
            vertex.Error = EngineErrors.Translate(e)?.Message ?? e.Message;
            throw;
        }
        finally
        {
            End(vertex);
        }
    }
}
