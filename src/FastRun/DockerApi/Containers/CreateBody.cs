using System;
using System.Collections.Generic;
using System.Text.Json;
using FastRun.Engine.Containers.Requests;
using FastRun.Engine.Images;
using FastRun.Engine.Launch.Mounts;
using FastRun.Engine.Networks.Ports;
using FastRun.Engine.Volumes;

namespace FastRun.DockerApi.Containers;

/// <summary>What a client asks of a new container (Engine API, ContainerCreate), as the engine's request.</summary>
internal static class CreateBody
{
    /// <summary>Reads it. What FastRun does not have is refused by name, never passed over.</summary>
    /// <param name="body">The body.</param>
    /// <param name="version">The version that the client speaks: what came later means nothing in it (moby's api/docs/CHANGELOG.md).</param>
    /// <exception cref="ApiException">It is wrong, or asks for what is not there.</exception>
    internal static ContainerCreateRequest Read(JsonElement body, ApiVersion version)
    {
        JsonElement host = body.Object("HostConfig");
        Refuse(body, host, version);
        ContainerCreateRequest request = new()
        {
            Image = body.Text("Image") ?? throw ApiException.Invalid("no command specified: an image is needed"),
            PullPolicy = PullPolicy.Never,
            Command = body.Words("Cmd") is { Count: > 0 } command ? command : null,
            Entrypoint = body.Words("Entrypoint") switch
            {
                null => null,
                [] => [""],
                var words => words,
            },
            Env = body.Texts("Env"),
            WorkingDir = body.Text("WorkingDir"),
            User = body.Text("User"),
            Hostname = body.Text("Hostname"),
            Domainname = body.Text("Domainname"),
            Tty = body.Flag("Tty"),
            OpenStdin = body.Flag("OpenStdin"),
            StdinOnce = body.Flag("StdinOnce"),
            AttachStdin = body.Flag("AttachStdin"),
            AttachStdout = body.Flag("AttachStdout"),
            AttachStderr = body.Flag("AttachStderr"),
            Labels = body.Map("Labels"),
            StopSignal = body.Text("StopSignal"),
            StopTimeoutSeconds = Clamped(body.Number("StopTimeout")),
            Healthcheck = Health(body.Object("Healthcheck"), version),
            ExposedPorts = Exposed(body),
            Mounts = Mounts(body, host, version),
        };
        return NetworkingBody.Apply(HostConfigBody.Apply(request, host, version), body, host, version);
    }

    private static void Refuse(JsonElement body, JsonElement host, ApiVersion version)
    {
        if (body.Value("Shell") is not null)
        {
            throw ApiException.NotImplemented("Shell is not supported: it is an image's");
        }

        foreach (string name in (ReadOnlySpan<string>)["DeviceRequests", "StorageOpt"])
        {
            if (host.Value(name) is { } value && !IsEmpty(value))
            {
                throw ApiException.NotImplemented($"{name} is not supported");
            }
        }

        RefuseUnless(host, "Isolation", SettledChoices.Isolations);
        RefuseUnless(host, "Runtime", SettledChoices.Runtimes);
        RefuseUnless(host, "VolumeDriver", SettledChoices.VolumeDrivers);
        RefuseUnless(host, "Cgroup");
        HostConfigBody.RefuseLimits(host, version);

        if (!host.Flag("Privileged") && !IsUnconfined(host) && !MaskedPaths.AreDefault(host.TextsOrNull("MaskedPaths"), host.TextsOrNull("ReadonlyPaths")))
        {
            throw ApiException.NotImplemented("MaskedPaths and ReadonlyPaths of one's own are not supported: both can be empty, or Docker's");
        }
    }

    /// <summary>What the Docker CLI makes of <c>--security-opt systempaths=unconfined</c>.</summary>
    internal static bool IsUnconfined(JsonElement host) => host.TextsOrNull("MaskedPaths") is [] && host.TextsOrNull("ReadonlyPaths") is [];

    private static void RefuseUnless(JsonElement host, string name, params ReadOnlySpan<string> known)
    {
        if (host.Text(name) is { } value && known.IndexOf(value) < 0)
        {
            throw ApiException.NotImplemented($"{name} '{value}' is not supported");
        }
    }

    private static bool IsEmpty(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => value.GetArrayLength() == 0,
        JsonValueKind.Object => !value.EnumerateObject().MoveNext(),
        _ => false,
    };

    internal static int? Clamped(long? number) => number is { } value ? (int)Math.Clamp(value, -1, int.MaxValue) : null;

    private static HealthCheck? Health(JsonElement check, ApiVersion version)
    {
        HealthCheck read = new()
        {
            Test = check.Texts("Test") is { Count: > 0 } test ? test : null,
            Interval = Time(check, "Interval"),
            Timeout = Time(check, "Timeout"),
            StartPeriod = Time(check, "StartPeriod"),
            StartInterval = version >= new ApiVersion(44) ? Time(check, "StartInterval") : null,
            Retries = Clamped(check.NumberUnlessZero("Retries")),
        };
        return read == new HealthCheck() ? null : read;
    }

    /// <summary>Nanoseconds; none for 0.</summary>
    private static TimeSpan? Time(JsonElement check, string name) =>
        check.NumberUnlessZero(name) is { } nanoseconds ? TimeSpan.FromTicks(nanoseconds / 100) : null;

    private static List<string> Exposed(JsonElement body)
    {
        List<string> ports = [];
        foreach (JsonProperty port in body.Members("ExposedPorts"))
        {
            ports.AddRange(PortSyntax.ParseExposed(port.Name));
        }

        return ports;
    }

    private static List<MountRequest> Mounts(JsonElement body, JsonElement host, ApiVersion version)
    {
        List<MountRequest> mounts = [];
        foreach (string bind in host.Texts("Binds"))
        {
            MountRequest mount = VolumeSyntax.Parse(bind);
            mounts.Add(version < new ApiVersion(44) && mount is { Kind: MountKind.Bind, ReadOnly: true } ? mount with { WritableSubmounts = true } : mount);
        }

        foreach (JsonElement mount in host.Objects("Mounts"))
        {
            mounts.Add(MountBody.Read(mount, version));
        }

        foreach ((string target, string options) in host.Map("Tmpfs"))
        {
            mounts.Add(TmpfsSyntax.Parse(options.Length == 0 ? target : $"{target}:{options}"));
        }

        foreach (JsonProperty volume in body.Members("Volumes"))
        {
            if (!mounts.Exists(mount => mount.Target == volume.Name))
            {
                mounts.Add(VolumeSyntax.Parse(volume.Name));
            }
        }

        return mounts;
    }
}
