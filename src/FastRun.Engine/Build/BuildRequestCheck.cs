using System;
using System.Globalization;
using System.Linq;
using FastRun.Engine.Errors;
using FastRun.Engine.Images;
using FastRun.Engine.Networks;
using FastRun.Layers.Oci;

namespace FastRun.Engine.Build;

/// <summary>Refuses what no Dockerfile and no host could make right.</summary>
internal static class BuildRequestCheck
{
    /// <summary>The end of the year 9999.</summary>
    private const long LatestEpoch = 253_402_300_799;

    /// <exception cref="EngineException">Something is wrong.</exception>
    internal static void Check(BuildRequest request)
    {
        foreach (string entitlement in request.Entitlements)
        {
            if (entitlement != "network.host")
            {
                throw new EngineException(
                    ErrorKind.Unsupported,
                    $"--allow {entitlement}: {(entitlement == "security.insecure" ? "a RUN has no more rights than a container" : "no such entitlement")}");
            }
        }

        CheckAnnotations(request);

        if (NetworkMode.SharedContainer(request.Network) is not null)
        {
            throw new EngineException(ErrorKind.Unsupported, $"--network {request.Network}: a build has no container's network");
        }

        if (request.Platforms.Count > 1 && request.Outputs.Any(static output => output.Kind == BuildOutputKind.Docker))
        {
            throw new EngineException(
                ErrorKind.Unsupported, "docker exporter does not currently support exporting manifest lists", hint: "--output type=oci, or --push");
        }

        foreach ((string name, string _) in request.BuildArguments)
        {
            if (name.Length == 0 || name.Contains('\0', StringComparison.Ordinal))
            {
                throw EngineException.Invalid("--build-arg: a name is empty");
            }
        }

        if (request.BuildArguments.TryGetValue("SOURCE_DATE_EPOCH", out string? epoch)
            && !(long.TryParse(epoch, NumberStyles.None, CultureInfo.InvariantCulture, out long seconds) && seconds <= LatestEpoch))
        {
            throw EngineException.Invalid($"invalid SOURCE_DATE_EPOCH: {epoch}: it must be seconds since 1970");
        }
    }

    private static void CheckAnnotations(BuildRequest request)
    {
        foreach (ImageAnnotation annotation in request.Annotations)
        {
            if (request.Platforms.Count < 2 && annotation.Part != AnnotatedPart.Manifest)
            {
                throw new EngineException(
                    ErrorKind.Unsupported,
                    $"{(annotation.Part == AnnotatedPart.ManifestDescriptor ? "manifest-descriptor" : "index")} annotations not supported for single platform export");
            }

            if (annotation.Platform is { } platform && !(request.Platforms.Count == 0 ? platform == Platform.Host : request.Platforms.Contains(platform)))
            {
                throw EngineException.Invalid($"--annotation: nothing is built for {platform}");
            }
        }

        if (request.Annotations.Count > 0 && !request.Outputs.Any(static output => output.Push || output.Kind == BuildOutputKind.Oci))
        {
            throw EngineException.Invalid("--annotation: an image on this machine has no manifest: add --push, or --output type=oci,dest=FILE");
        }
    }
}
