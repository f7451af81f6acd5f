namespace FastRun.Engine.Networks.Names;

/// <summary>The types of records that are told apart here (RFC 1035 section 3.2.2, RFC 3596, RFC 6891).</summary>
internal enum DnsType : ushort
{
    /// <summary>An IPv4 address.</summary>
    A = 1,

    /// <summary>The name that a name is an alias of (CNAME).</summary>
    CanonicalName = 5,

    /// <summary>A name, of an address.</summary>
    Ptr = 12,

    /// <summary>An IPv6 address.</summary>
    Aaaa = 28,

    /// <summary>No record, but what the sender of a message can do (EDNS0).</summary>
    Opt = 41,

    /// <summary>In a question: all that there is.</summary>
    Any = 255,
}
