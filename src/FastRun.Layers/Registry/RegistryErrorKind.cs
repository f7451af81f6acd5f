namespace FastRun.Layers.Registry;

/// <summary>Why a registry did not give what it was asked for.</summary>
public enum RegistryErrorKind
{
    /// <summary>It has no such repository, tag, manifest or blob.</summary>
    NotFound,

    /// <summary>It wants credentials, or refuses the ones it got.</summary>
    Unauthorized,

    /// <summary>It refuses what was asked for, whoever asks.</summary>
    Denied,

    /// <summary>It limits the rate, and went on doing so however often it was asked again.</summary>
    TooManyRequests,

    /// <summary>It, or the way to it, is out: no address, no connection, a stall, an error of the server.</summary>
    Unavailable,

    /// <summary>It speaks something else than the distribution protocol, or contradicts itself.</summary>
    Protocol,

    /// <summary>A document is larger than any that means well.</summary>
    TooLarge,

    /// <summary>Content does not have its digest.</summary>
    DigestMismatch,

    /// <summary>The connection would not be safe: a certificate that cannot be trusted, or https led to http.</summary>
    Insecure,
}
