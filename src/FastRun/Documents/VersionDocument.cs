using System.Text.Json.Nodes;
using FastRun.Engine;
using FastRun.Engine.Host;

namespace FastRun.Documents;

/// <summary>The engine's version (Engine API, SystemVersion).</summary>
internal static class VersionDocument
{
    /// <summary>As JSON has it; in templates members have Go's names, which differ in one place.</summary>
    internal static JsonObject Of(bool goNames)
    {
        string api = goNames ? "APIVersion" : "ApiVersion";
        return new JsonObject
        {
            ["Platform"] = Platform(),
            ["Components"] = new JsonArray(new JsonObject
            {
                ["Name"] = "Engine",
                ["Version"] = EngineVersion.Text,
                ["Details"] = new JsonObject
                {
                    ["ApiVersion"] = EngineVersion.DockerApi,
                    ["Arch"] = EngineVersion.Architecture,
                    ["GitCommit"] = EngineVersion.Commit,
                    ["MinAPIVersion"] = EngineVersion.OldestDockerApi,
                    ["Os"] = "linux",
                },
            }),
            ["Version"] = EngineVersion.Text,
            [api] = EngineVersion.DockerApi,
            ["MinAPIVersion"] = EngineVersion.OldestDockerApi,
            ["GitCommit"] = EngineVersion.Commit,
            ["GoVersion"] = "",
            ["Os"] = "linux",
            ["Arch"] = EngineVersion.Architecture,
            ["KernelVersion"] = SystemInfo.KernelRelease,
            ["BuildTime"] = "",
        };
    }

    /// <summary>What the engine is called.</summary>
    internal static JsonObject Platform() => new() { ["Name"] = "FastRun" };
}
