using FastRun.Engine.Containers.Requests;
using FastRun.Engine.Containers.Syntax;
using FastRun.Layers.Images;

namespace FastRun.Engine.Containers;

/// <summary>The signal that asks a container to end.</summary>
internal static class StopSignal
{
    private const int SIGTERM = 15;

    /// <summary>The request's, else the image's, else SIGTERM.</summary>
    internal static int Of(ContainerCreateRequest request, LaunchRecord? image)
    {
        string signal = request.StopSignal ?? image?.StopSignal ?? "";
        return signal.Length > 0 ? SignalSyntax.Parse(signal) : SIGTERM;
    }
}
