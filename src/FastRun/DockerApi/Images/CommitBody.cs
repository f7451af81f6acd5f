using System.Collections.Generic;
using System.Text.Json;
using FastRun.Engine.Networks.Ports;
using FastRun.Layers.Oci;

namespace FastRun.DockerApi.Images;

/// <summary>The configuration that comes with a commit (Engine API, ImageCommit): what of it is an image's.</summary>
internal static class CommitBody
{
    private static readonly JsonElement s_set = JsonDocument.Parse("{}").RootElement;

    /// <summary>Null where it says nothing.</summary>
    /// <exception cref="ApiException">A member is of another kind.</exception>
    internal static ContainerConfig? Read(JsonElement body)
    {
        ContainerConfig config = new()
        {
            User = body.Text("User"),
            ExposedPorts = Ports(body),
            Env = NullIfEmpty(body.Texts("Env")),
            Entrypoint = NullIfEmpty(body.Words("Entrypoint")),
            Cmd = NullIfEmpty(body.Words("Cmd")),
            Healthcheck = Health(body.Object("Healthcheck")),
            Volumes = Keys(body, "Volumes"),
            WorkingDir = body.Text("WorkingDir"),
            Labels = body.Map("Labels") is { Count: > 0 } labels ? labels : null,
            OnBuild = NullIfEmpty(body.Texts("OnBuild")),
            StopSignal = body.Text("StopSignal"),
            StopTimeout = Containers.CreateBody.Clamped(body.Number("StopTimeout")),
            Shell = NullIfEmpty(body.Texts("Shell")),
        };
        return config == new ContainerConfig() ? null : config;
    }

    private static HealthcheckConfig? Health(JsonElement check)
    {
        HealthcheckConfig read = new()
        {
            Test = NullIfEmpty(check.Texts("Test")),
            Interval = check.NumberUnlessZero("Interval"),
            Timeout = check.NumberUnlessZero("Timeout"),
            StartPeriod = check.NumberUnlessZero("StartPeriod"),
            StartInterval = check.NumberUnlessZero("StartInterval"),
            Retries = Containers.CreateBody.Clamped(check.NumberUnlessZero("Retries")),
        };
        return read == new HealthcheckConfig() ? null : read;
    }

    private static Dictionary<string, JsonElement>? Ports(JsonElement body)
    {
        Dictionary<string, JsonElement> ports = [];
        foreach (JsonProperty port in body.Members("ExposedPorts"))
        {
            foreach (string exposed in PortSyntax.ParseExposed(port.Name))
            {
                ports[exposed] = s_set;
            }
        }

        return ports.Count == 0 ? null : ports;
    }

    private static Dictionary<string, JsonElement>? Keys(JsonElement body, string name)
    {
        Dictionary<string, JsonElement> keys = [];
        foreach (JsonProperty key in body.Members(name))
        {
            keys[key.Name] = s_set;
        }

        return keys.Count == 0 ? null : keys;
    }

    private static List<string>? NullIfEmpty(List<string>? texts) => texts is { Count: > 0 } ? texts : null;
}
