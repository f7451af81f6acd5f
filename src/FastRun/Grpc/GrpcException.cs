using System;

namespace FastRun.Grpc;

/// <summary>A call that has failed, here or at the other side.</summary>
internal sealed class GrpcException(GrpcStatus status, string message) : Exception(message)
{
    internal GrpcStatus Status { get; } = status;

    /// <summary>More about it: a google.rpc.Status; empty for none.</summary>
    internal ReadOnlyMemory<byte> Details { get; init; }
}
