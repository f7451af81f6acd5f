namespace FastRun.Engine.Networks.Names;

/// <summary>How a query went (RFC 1035 section 4.1.1; RFC 6891 section 9 for the last).</summary>
internal enum DnsCode
{
    /// <summary>NOERROR: there may be no answers all the same.</summary>
    NoError = 0,

    /// <summary>FORMERR: the query could not be read.</summary>
    FormatError = 1,

    /// <summary>SERVFAIL: nobody could be asked.</summary>
    ServerFailure = 2,

    /// <summary>NXDOMAIN: there is no such name.</summary>
    NameError = 3,

    /// <summary>NOTIMP: it is no standard query.</summary>
    NotImplemented = 4,

    /// <summary>REFUSED.</summary>
    Refused = 5,

    /// <summary>BADVERS: another version of EDNS than 0. Four of its bits stand in the OPT record.</summary>
    BadVersion = 16,
}
