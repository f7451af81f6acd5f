using System;

namespace FastRun.DockerApi;

/// <summary>A request that cannot be answered as asked, in the words and with the status of the Engine API.</summary>
internal sealed class ApiException(int status, string message) : Exception(message)
{
    /// <summary>The HTTP status.</summary>
    internal int Status { get; } = status;

    /// <summary>The request itself is wrong.</summary>
    internal static ApiException Invalid(string message) => new(400, message);

    /// <summary>What it asks for is not there in this release.</summary>
    internal static ApiException NotImplemented(string message) => new(501, message);
}
