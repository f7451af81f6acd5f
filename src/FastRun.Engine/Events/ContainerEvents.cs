using System;
using System.Collections.Generic;
using System.Globalization;
using FastRun.Engine.Containers.Records;
using FastRun.Layers;

namespace FastRun.Engine.Events;

/// <summary>Events about containers, with the attributes that Docker gives them: image, name and labels.</summary>
internal static class ContainerEvents
{
    /// <summary>Notes that something happened to a container.</summary>
    /// <param name="layout">Where state is.</param>
    /// <param name="record">The container.</param>
    /// <param name="action">What happened, in Docker's words.</param>
    /// <param name="details">What belongs to this action, such as <c>signal</c>.</param>
    internal static void Note(
        StateLayout layout, ContainerRecord record, string action, params ReadOnlySpan<(string Key, string Value)> details)
    {
        Dictionary<string, string> attributes = new(StringComparer.Ordinal)
        {
            ["image"] = record.Request.Image,
            ["name"] = record.Name,
        };
        foreach ((string key, string value) in details)
        {
            attributes[key] = value;
        }

        foreach ((string key, string value) in record.Request.Labels)
        {
            attributes.TryAdd(key, value);
        }

        EventJournal.Append(layout, EventType.Container, action, record.Id, attributes);
    }

    /// <summary>Notes that a signal was sent to it.</summary>
    internal static void Killed(StateLayout layout, ContainerRecord record, int signal) =>
        Note(layout, record, "kill", ("signal", Text(signal)));

    /// <summary>Notes that its first process has ended.</summary>
    internal static void Died(StateLayout layout, ContainerRecord record, ContainerState state)
    {
        TimeSpan ran = state.FinishedAt - state.StartedAt ?? TimeSpan.Zero;
        if (state.OomKilled)
        {
            Note(layout, record, "oom");
        }

        Note(layout, record, "die", ("exitCode", Text(state.ExitCode)), ("execDuration", Text((long)ran.TotalSeconds)));
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
