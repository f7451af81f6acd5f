using System;
using FastRun.Engine.Containers.Requests;
using FastRun.Layers;
using FastRun.Layers.Content;
using FastRun.Layers.Images;
using FastRun.Layers.Oci;

namespace FastRun.Engine.Containers;

/// <summary>The probe that an image brings along (HEALTHCHECK). It is read when a container is made: no start needs it.</summary>
internal static class ImageHealthCheck
{
    private static ReadOnlySpan<byte> Key => "\"Healthcheck\""u8;

    /// <summary>The request with the image's probe where it does not say otherwise; null where there is nothing to run.</summary>
    internal static HealthCheck? Merge(StateLayout layout, HealthCheck? asked, LaunchRecord? image)
    {
        if (asked?.Test is ["NONE"])
        {
            return null;
        }

        HealthCheck? own = image is null ? null : TryRead(layout, image);
        HealthCheck? merged = asked is null ? own : own is null ? asked : asked.Over(own);
        return merged?.IsEnabled == true ? merged : null;
    }

    private static HealthCheck? TryRead(StateLayout layout, LaunchRecord image)
    {
        byte[]? bytes = new ContentStore(layout).TryRead(image.ImageId);
        if (bytes is null || bytes.AsSpan().IndexOf(Key) < 0)
        {
            return null;
        }

        ContainerConfig? config = ImageConfig.Parse(bytes, image.ImageId.ToString()).Config;
        return config?.Healthcheck is { } probe
            ? new HealthCheck
            {
                Test = probe.Test,
                Shell = config.Shell,
                Interval = Duration(probe.Interval),
                Timeout = Duration(probe.Timeout),
                StartPeriod = Duration(probe.StartPeriod),
                StartInterval = Duration(probe.StartInterval),
                Retries = probe.Retries is > 0 ? probe.Retries : null,
            }
            : null;
    }

    /// <summary>Zero is the same as not given.</summary>
    private static TimeSpan? Duration(long? nanoseconds) => nanoseconds is > 0 ? TimeSpan.FromTicks(nanoseconds.Value / 100) : null;
}
