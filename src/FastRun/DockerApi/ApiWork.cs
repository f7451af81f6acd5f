using System;
using System.Threading;
using System.Threading.Tasks;

namespace FastRun.DockerApi;

/// <summary>Work of the engine that may take long: on a thread of its own, so that quick requests never wait for it.</summary>
internal static class ApiWork
{
    internal static Task<T> RunAsync<T>(Func<T> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    internal static Task RunAsync(Action work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
