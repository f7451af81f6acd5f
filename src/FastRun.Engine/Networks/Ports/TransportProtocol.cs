namespace FastRun.Engine.Networks.Ports;

/// <summary>A protocol that has ports; the value is its number (IANA, Protocol Numbers).</summary>
public enum TransportProtocol : byte
{
    /// <summary>TCP.</summary>
    Tcp = 6,

    /// <summary>UDP.</summary>
    Udp = 17,

    /// <summary>SCTP.</summary>
    Sctp = 132,
}
