using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using FastRun.Engine.Build.Dockerfile;
using FastRun.Engine.Build.Dockerfile.Instructions;
using FastRun.Engine.Containers.Syntax;
using FastRun.Layers.Oci;

namespace FastRun.Engine.Build.Images;

/// <summary>What an image's history says of instructions: BuildKit's words, which are Go's ways to print their values.</summary>
internal static class HistoryWords
{
    /// <summary>The comment of every line.</summary>
    internal const string Comment = "buildkit.dockerfile.v0";

    /// <summary>The line of a RUN.</summary>
    /// <param name="arguments">The build arguments in scope, <c>NAME=value</c>.</param>
    /// <param name="command">argv.</param>
    internal static string Run(IReadOnlyList<string> arguments, IReadOnlyList<string> command)
    {
        string scope = arguments.Count == 0
            ? ""
            : string.Create(CultureInfo.InvariantCulture, $"|{arguments.Count} {string.Join(' ', arguments)} ");
        return $"RUN {scope}{string.Join(' ', command)} # buildkit";
    }

    /// <summary>The line of an ARG.</summary>
    internal static string Arguments(IReadOnlyList<string> declared) => "ARG " + string.Join(' ', declared);

    /// <summary>The line of an instruction that changes settings.</summary>
    /// <param name="instruction">The instruction.</param>
    /// <param name="before">Expands its values, with the variables before it.</param>
    /// <param name="after">The settings after it.</param>
    internal static string Of(Instruction instruction, Expansion before, ContainerConfig after) => instruction switch
    {
        EnvInstruction env => "ENV " + Pairs(env.Variables, before),
        LabelInstruction label => "LABEL " + Pairs(label.Labels, before),
        WorkdirInstruction => "WORKDIR " + after.WorkingDir,
        UserInstruction => "USER " + after.User,
        CmdInstruction => "CMD " + Quoted(after.Cmd),
        EntrypointInstruction => "ENTRYPOINT " + Quoted(after.Entrypoint),
        ExposeInstruction expose => $"EXPOSE [{string.Join(' ', ConfigChanges.Ports(expose.Ports.Order(StringComparer.Ordinal), before))}]",
        VolumeInstruction volume => $"VOLUME [{string.Join(' ', volume.Paths.Select(before.Word))}]",
        StopSignalInstruction => "STOPSIGNAL " + after.StopSignal,
        ShellInstruction => $"SHELL [{string.Join(' ', after.Shell ?? [])}]",
        HealthcheckInstruction probe => "HEALTHCHECK " + Probe(probe, after.Healthcheck),
        MaintainerInstruction maintainer => "MAINTAINER " + maintainer.Author,
        _ => instruction.Text,
    };

    private static string Pairs(IReadOnlyList<Assignment> pairs, Expansion expansion) =>
        string.Join(' ', pairs.Select(pair => $"{expansion.Word(pair.Name)}={expansion.Word(pair.Value ?? "")}"));

    /// <summary>A list as <c>%q</c> prints it.</summary>
    private static string Quoted(IReadOnlyList<string>? list) => $"[{string.Join(' ', (list ?? []).Select(Expansion.Quoted))}]";

    /// <summary>The probe as <c>%q</c> prints Go's structure of it: durations as texts, the retries as a character.</summary>
    private static string Probe(HealthcheckInstruction probe, HealthcheckConfig? config)
    {
        StringBuilder text = new("&{");
        text.Append(Quoted(config?.Test));
        foreach (TimeSpan time in (TimeSpan[])[probe.Interval, probe.Timeout, probe.StartPeriod, probe.StartInterval])
        {
            text.Append(" \"").Append(GoDuration.Format(time)).Append('"');
        }

        string retries = probe.Retries switch
        {
            7 => "\\a",
            8 => "\\b",
            9 => "\\t",
            10 => "\\n",
            11 => "\\v",
            12 => "\\f",
            13 => "\\r",
            '\'' or '\\' => "\\" + (char)probe.Retries,
            < 32 or 127 => string.Create(CultureInfo.InvariantCulture, $"\\x{probe.Retries:x2}"),
            < 127 => ((char)probe.Retries).ToString(),
            _ => string.Create(CultureInfo.InvariantCulture, $"\\u{probe.Retries & 0xFFFF:x4}"),
        };
        return text.Append(" '").Append(retries).Append("'}").ToString();
    }
}
