using System;
using System.IO;
using FastRun.Engine.Errors;

namespace FastRun.Engine.Build.Cache.Exchange;

/// <summary>What goes wrong with caches of others, in one line: none of it is why a build fails.</summary>
internal static class ExchangeFailure
{
    /// <summary>Whether it is a failure of the exchange, and no fault of the program.</summary>
    internal static bool Is(Exception e) => e is OperationCanceledException or IOException || EngineErrors.Translate(e) is not null;

    /// <summary>The line.</summary>
    internal static string Describe(string what, Exception e) =>
        $"WARNING: {what}: {(e is OperationCanceledException ? "it takes too long" : EngineErrors.Translate(e)?.Message ?? "input/output error")}";
}
