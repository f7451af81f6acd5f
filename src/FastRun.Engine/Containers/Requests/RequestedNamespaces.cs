using FastRun.Engine.Errors;
using FastRun.Layers;

namespace FastRun.Engine.Containers.Requests;

/// <summary>The containers whose namespaces a new one asks for, the network's among them, by their ids: another one that gets the name later is not meant.</summary>
internal static class RequestedNamespaces
{
    /// <summary>Puts ids in the place of names.</summary>
    /// <exception cref="EngineException">There is no such container.</exception>
    internal static ContainerCreateRequest Resolve(StateLayout layout, ContainerCreateRequest request)
    {
        NamespaceModes modes = request.Namespaces;
        return modes.PidContainer is null && modes.IpcContainer is null && NamespaceModes.ContainerOf(request.Network) is null
            ? request
            : request with
            {
                Network = ResolveNetwork(layout, request.Network),
                Namespaces = modes with { Pid = Resolve(layout, modes.Pid), Ipc = Resolve(layout, modes.Ipc) },
            };
    }

    /// <summary>As Docker, it may be a container that is not there yet: then its name is looked up at the start.</summary>
    private static string? ResolveNetwork(StateLayout layout, string? mode)
    {
        try
        {
            return Resolve(layout, mode);
        }
        catch (EngineException failure) when (failure.InnerException is EngineException { Kind: ErrorKind.NotFound })
        {
            return mode;
        }
    }

    private static string? Resolve(StateLayout layout, string? mode)
    {
        if (NamespaceModes.ContainerOf(mode) is not { } name)
        {
            return mode;
        }

        try
        {
            return "container:" + new ContainerStore(layout).Find(name).Id;
        }
        catch (EngineException failure) when (failure.Kind == ErrorKind.NotFound)
        {
            // Of a new container only its image is to be missing: clients pull what is not found.
            throw new EngineException(ErrorKind.InvalidArgument, failure.Message, failure, failure.Hint);
        }
    }
}
