using System.Text.Json;
using FastRun.Engine.State;
using FastRun.Native.Launch;

namespace FastRun.Engine.Containers.Records;

/// <summary>The JSON form of <see cref="ContainerState"/>: the file <c>state.json</c>.</summary>
internal static class ContainerStateJson
{
    private static readonly string[] s_statuses =
    [
        nameof(ContainerStatus.Created), nameof(ContainerStatus.Running), nameof(ContainerStatus.Paused), nameof(ContainerStatus.Restarting),
        nameof(ContainerStatus.Exited), nameof(ContainerStatus.Removing), nameof(ContainerStatus.Dead),
    ];

    internal static byte[] Encode(ContainerState state) => JsonRecordWriter.Write(state, Write);

    /// <exception cref="JsonException">It is not one.</exception>
    internal static ContainerState Decode(byte[] json) => JsonRecordReader.Read(json, Read);

    private static void Write(JsonRecordWriter json, ContainerState state)
    {
        json.Number("schemaVersion"u8, state.SchemaVersion);
        json.Word("status"u8, (int)state.Status, s_statuses);
        json.Id("bootId"u8, state.BootId);
        json.Object("supervisor"u8, Boxed(state.Supervisor), WriteProcess);
        json.Object("process"u8, Boxed(state.Process), WriteProcess);
        json.NonZero("exitCode"u8, state.ExitCode);
        json.Flag("oomKilled"u8, state.OomKilled);
        json.Text("error"u8, state.Error);
        json.Time("startedAt"u8, state.StartedAt);
        json.Time("finishedAt"u8, state.FinishedAt);
        json.NonZero("restartCount"u8, state.RestartCount);
        json.Object("health"u8, state.Health, WriteHealth);
        json.Flag("stoppedByHand"u8, state.StoppedByHand);
        json.Texts("cgroupLocations"u8, state.CgroupLocations);
    }

    private static ContainerState Read(JsonRecordReader json) => new()
    {
        SchemaVersion = json.Int("schemaVersion"u8) ?? ContainerState.CurrentSchema,
        Status = (ContainerStatus)(json.Word("status"u8, s_statuses) ?? 0),
        BootId = json.Id("bootId"u8),
        Supervisor = json.Object("supervisor"u8, ReadProcess)?.Value ?? default,
        Process = json.Object("process"u8, ReadProcess)?.Value ?? default,
        ExitCode = json.Int("exitCode"u8) ?? 0,
        OomKilled = json.Flag("oomKilled"u8),
        Error = json.Text("error"u8) ?? "",
        StartedAt = json.Time("startedAt"u8),
        FinishedAt = json.Time("finishedAt"u8),
        RestartCount = json.Int("restartCount"u8) ?? 0,
        Health = json.Object("health"u8, ReadHealth),
        StoppedByHand = json.Flag("stoppedByHand"u8),
        CgroupLocations = json.Texts("cgroupLocations"u8) ?? [],
    };

    private static BoxedProcess? Boxed(ProcessInstance process) => process == default ? null : new BoxedProcess(process);

    private static void WriteProcess(JsonRecordWriter json, BoxedProcess process)
    {
        json.NonZero("pid"u8, process.Value.Pid);
        json.NonZero("startTime"u8, process.Value.StartTime);
    }

    private static BoxedProcess ReadProcess(JsonRecordReader json) =>
        new(new ProcessInstance(json.Int("pid"u8) ?? 0, json.Long("startTime"u8) ?? 0));

    private static void WriteHealth(JsonRecordWriter json, HealthState health)
    {
        json.Text("status"u8, health.Status);
        json.NonZero("failingStreak"u8, health.FailingStreak);
        json.Objects("log"u8, health.Log, WriteProbe);
    }

    private static HealthState ReadHealth(JsonRecordReader json) => new()
    {
        Status = json.RequiredText("status"u8),
        FailingStreak = json.Int("failingStreak"u8) ?? 0,
        Log = json.Objects("log"u8, ReadProbe),
    };

    private static void WriteProbe(JsonRecordWriter json, HealthProbeResult probe)
    {
        json.Time("start"u8, probe.Start);
        json.Time("end"u8, probe.End);
        json.NonZero("exitCode"u8, probe.ExitCode);
        json.Text("output"u8, probe.Output);
    }

    private static HealthProbeResult ReadProbe(JsonRecordReader json) => new(
        json.Time("start"u8) ?? throw new JsonException(),
        json.Time("end"u8) ?? throw new JsonException(),
        json.Int("exitCode"u8) ?? 0,
        json.Text("output"u8) ?? "");

    /// <summary>Objects of records are classes, so that all of them share one piece of code.</summary>
    private sealed record BoxedProcess(ProcessInstance Value);
}
