using System;
using System.Collections.Generic;
using System.Globalization;
using FastRun.Engine.Events;
using FastRun.Layers;
using FastRun.Native;

namespace FastRun.Engine.Exec;

/// <summary>The events of one process that joins a container, with the attributes that Docker gives them.</summary>
internal sealed class ExecEvents
{
    private readonly StateLayout _layout;
    private readonly string _id;
    private readonly Dictionary<string, string> _attributes = new(StringComparer.Ordinal);

    private ExecEvents(StateLayout layout, JoinTarget target)
    {
        _layout = layout;
        _id = target.Id;
        _attributes["execID"] = RandomBytes.NewId();
        _attributes["image"] = target.Record.Image;
        _attributes["name"] = target.Record.Name;
        foreach (string label in target.Record.Labels)
        {
            int equals = label.IndexOf('=', StringComparison.Ordinal);
            _attributes.TryAdd(label[..equals], label[(equals + 1)..]);
        }
    }

    /// <summary>Notes that a process was made and started. Afterwards, so that it does not wait for this.</summary>
    internal static ExecEvents Started(StateLayout layout, JoinTarget target, ExecRequest request)
    {
        ExecEvents events = new(layout, target);
        string command = string.Join(' ', request.Command);
        events.Note("exec_create: " + command);
        events.Note("exec_start: " + command);
        return events;
    }

    /// <summary>Notes that it has ended.</summary>
    internal void Died(int exitCode)
    {
        _attributes["exitCode"] = exitCode.ToString(CultureInfo.InvariantCulture);
        Note("exec_die");
    }

    private void Note(string action) => EventJournal.Append(_layout, EventType.Container, action, _id, _attributes);
}
