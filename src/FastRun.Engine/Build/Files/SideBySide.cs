using System;
using System.Runtime.ExceptionServices;
using System.Threading;

namespace FastRun.Engine.Build.Files;

/// <summary>Work at parts of a tree on all processors, whose failure is the first one's.</summary>
internal static class SideBySide
{
    private const int MostThreads = 16;

    /// <summary>Does all parts, each once, in no order.</summary>
    /// <param name="count">How many there are.</param>
    /// <param name="work">Does one. After a failure no more are begun.</param>
    /// <param name="least">How many parts are worth a thread.</param>
    internal static void Run(int count, Action<int> work, int least = 1)
    {
        int next = -1;
        Exception? failure = null;
        Thread[] others = new Thread[Math.Max(0, Math.Min(Math.Clamp(Environment.ProcessorCount, 2, MostThreads), count / least) - 1)];
        for (int i = 0; i < others.Length; i++)
        {
            others[i] = new Thread(Work) { IsBackground = true, Name = "files" };
            others[i].Start();
        }

        Work();
        foreach (Thread other in others)
        {
            other.Join();
        }

        if (failure is not null)
        {
            ExceptionDispatchInfo.Throw(failure);
        }

        void Work()
        {
            int i;
            while (Volatile.Read(ref failure) is null && (i = Interlocked.Increment(ref next)) < count)
            {
                try
                {
                    work(i);
                }
                catch (Exception e)
                {
                    Interlocked.CompareExchange(ref failure, e, null);
                }
            }
        }
    }
}
