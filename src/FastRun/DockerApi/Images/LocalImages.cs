using System;
using FastRun.Engine.Errors;
using FastRun.Engine.Images;
using FastRun.Layers;
using FastRun.Layers.Images;
using FastRun.Layers.Oci;

namespace FastRun.DockerApi.Images;

/// <summary>Images of this machine by what a client calls them.</summary>
internal static class LocalImages
{
    /// <summary>All that is known of one.</summary>
    /// <exception cref="ApiException">There is none, in the words that clients look for.</exception>
    internal static ImageDetails Require(StateLayout layout, string name, Platform? platform) =>
        Named(name, () => new InspectImage(layout).Run(name, platform));

    /// <summary>Does something with one.</summary>
    /// <exception cref="ApiException">There is none, in the words that clients look for.</exception>
    internal static T Named<T>(string name, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (EngineException failure) when (failure.Kind == ErrorKind.NotFound)
        {
            bool isTagged = name.LastIndexOf(':') > name.LastIndexOf('/');
            throw new ApiException(404, $"No such image: {(isTagged ? name : name + ":latest")}");
        }
    }
}
