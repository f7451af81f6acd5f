using System;
using System.Linq;
using System.Runtime.ExceptionServices;
using System.Threading;
using FastRun.Native.Filesystem;

namespace FastRun.Layers.Pipeline;

/// <summary>
/// The threads that write the files of layers. Each has a umask of its own, which is clear, so that most files get their
/// permissions by being made; that is why they are not of the thread pool.
/// </summary>
internal static class UnpackThread
{
    /// <summary>Runs the same on some threads and waits for all of them.</summary>
    /// <exception cref="Exception">What the first of them threw that was not merely ended by another.</exception>
    internal static void RunAll(int count, Action work)
    {
        Lock gate = new();
        ExceptionDispatchInfo? failure = null;
        Thread[] threads = [.. Enumerable.Range(0, count).Select(_ => new Thread(Run) { IsBackground = true, Name = "layer" })];
        Array.ForEach(threads, static thread => thread.Start());
        Array.ForEach(threads, static thread => thread.Join());
        failure?.Throw();

        void Run()
        {
            FileCreationMask.ClearForThread();
            try
            {
                work();
            }
            catch (Exception exception)
            {
                lock (gate)
                {
                    failure = failure is null || failure.SourceException is OperationCanceledException
                        ? ExceptionDispatchInfo.Capture(exception)
                        : failure;
                }
            }
        }
    }
}
