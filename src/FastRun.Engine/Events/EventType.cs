namespace FastRun.Engine.Events;

/// <summary>What kind of object an event is about (Engine API, EventMessage.Type).</summary>
public enum EventType
{
    /// <summary>A container.</summary>
    Container,

    /// <summary>An image.</summary>
    Image,

    /// <summary>A volume.</summary>
    Volume,

    /// <summary>A network.</summary>
    Network,

    /// <summary>The engine itself.</summary>
    Daemon,

    /// <summary>The build cache.</summary>
    Builder,
}
