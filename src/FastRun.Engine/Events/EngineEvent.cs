using System;
using System.Collections.Generic;

namespace FastRun.Engine.Events;

/// <summary>Something that happened to an object of the engine (Engine API, EventMessage).</summary>
/// <param name="Type">What kind of object.</param>
/// <param name="Action">What happened, in Docker's words: <c>create</c>, <c>die</c>, <c>exec_create: sh</c>.</param>
/// <param name="Id">The object: a container's id, an image's id or name, a volume's name.</param>
/// <param name="Attributes">What else is known of it.</param>
/// <param name="Time">When.</param>
public sealed record EngineEvent(
    EventType Type, string Action, string Id, IReadOnlyDictionary<string, string> Attributes, DateTimeOffset Time)
{
    /// <summary>Nanoseconds since the epoch.</summary>
    public long TimeNanoseconds => (Time - DateTimeOffset.UnixEpoch).Ticks * 100;

    /// <summary>The type in Docker's words.</summary>
    public string TypeName => NameOf(Type);

    /// <summary>The image that a container event names; empty for others.</summary>
    public string From => Type == EventType.Container && Attributes.TryGetValue("image", out string? image) ? image : "";

    internal static string NameOf(EventType type) => type switch
    {
        EventType.Container => "container",
        EventType.Image => "image",
        EventType.Volume => "volume",
        EventType.Network => "network",
        EventType.Daemon => "daemon",
        EventType.Builder => "builder",
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    internal static EventType? TypeOf(string name) => name switch
    {
        "container" => EventType.Container,
        "image" => EventType.Image,
        "volume" => EventType.Volume,
        "network" => EventType.Network,
        "daemon" => EventType.Daemon,
        "builder" => EventType.Builder,
        _ => null,
    };
}
