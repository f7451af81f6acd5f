using System;
using System.Threading;
using FastRun.Engine.Errors;
using FastRun.Engine.State;

namespace FastRun.Engine.Images;

/// <summary>Runs something that talks to registries, so that a signal ends it and leaves nothing.</summary>
internal static class Interruptible
{
    /// <summary>Runs it.</summary>
    /// <param name="operation">Is cancelled by the first signal.</param>
    /// <param name="end">Called when it is over, however that came.</param>
    /// <exception cref="EngineException">It failed, or a signal came.</exception>
    internal static T Run<T>(Func<CancellationToken, T> operation, Action end) => Run(operation, end, CancellationToken.None);

    /// <summary>As the other, but where the caller has a token of its own, that ends it and signals do not.</summary>
    internal static T Run<T>(Func<CancellationToken, T> operation, Action end, CancellationToken own)
    {
        if (own.CanBeCanceled)
        {
            try
            {
                return EngineErrors.Translated(() => operation(own));
            }
            finally
            {
                end();
            }
        }

        Interruption interruption = new();
        T result;
        try
        {
            result = EngineErrors.Translated(() => operation(interruption.Token));
        }
        catch (Exception) when (interruption.Came)
        {
            // Whatever broke, broke because of the signal.
            interruption.ThrowIfInterrupted();
            throw;
        }
        finally
        {
            interruption.Dispose();
            end();
        }

        interruption.ThrowIfInterrupted();
        return result;
    }
}
