using System;
using System.Collections.Generic;
using FastRun.Layers.Oci;

namespace FastRun.Layers.Images;

/// <summary>What a launch needs of an image's config.</summary>
internal static class ConfiguredLaunch
{
    /// <summary>The record of an image.</summary>
    /// <param name="imageId">The config's digest.</param>
    /// <param name="config">The config.</param>
    /// <param name="localIds">Local ids of its layers, topmost first.</param>
    /// <param name="size">The bytes of their files.</param>
    /// <exception cref="CorruptContentException">A setting is none that execve(2) takes.</exception>
    internal static LaunchRecord Of(Digest imageId, ImageConfig config, IReadOnlyList<string> localIds, long size)
    {
        ContainerConfig run = config.Config ?? new ContainerConfig();
        string subject = $"config {imageId}";
        return new LaunchRecord
        {
            ImageId = imageId,
            Platform = config.Platform,
            LayerIds = localIds,
            Entrypoint = Strings(run.Entrypoint, subject, "Entrypoint"),
            Cmd = Strings(run.Cmd, subject, "Cmd"),
            Env = Strings(run.Env, subject, "Env"),
            User = Strings([run.User ?? ""], subject, "User")[0],
            WorkingDir = Strings([run.WorkingDir ?? ""], subject, "WorkingDir")[0],
            Volumes = Strings([.. run.Volumes?.Keys ?? []], subject, "Volumes"),
            StopSignal = Strings([run.StopSignal ?? ""], subject, "StopSignal")[0],
            Created = config.CreatedAt.ToUnixTimeSeconds(),
            Size = size,
        };
    }

    /// <summary>What goes to execve(2) cannot hold a NUL, and a list cannot hold nothing.</summary>
    private static IReadOnlyList<string> Strings(IReadOnlyList<string>? list, string subject, string field)
    {
        foreach (string? text in list ?? [])
        {
            if (text is null || text.Contains('\0', StringComparison.Ordinal))
            {
                throw new CorruptContentException(subject, $"\"{field}\" holds {(text is null ? "null" : "a NUL character")}");
            }
        }

        return list ?? [];
    }
}
