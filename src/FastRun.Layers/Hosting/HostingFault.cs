namespace FastRun.Layers.Hosting;

/// <summary>Why a registry of ours refuses something; most are the error codes of distribution-spec 1.1, "Error Codes".</summary>
public enum HostingFault
{
    /// <summary>The repository's name breaks the grammar.</summary>
    NameInvalid,

    /// <summary>There is no such repository.</summary>
    NameUnknown,

    /// <summary>The repository does not have the blob.</summary>
    BlobUnknown,

    /// <summary>The repository does not have the manifest.</summary>
    ManifestUnknown,

    /// <summary>The manifest is malformed, or not what it was sent as.</summary>
    ManifestInvalid,

    /// <summary>The manifest names something that the repository does not have.</summary>
    ManifestBlobUnknown,

    /// <summary>The content does not have the digest, or the digest is none.</summary>
    DigestInvalid,

    /// <summary>The content does not have the size that was said.</summary>
    SizeInvalid,

    /// <summary>There is no such upload in the repository.</summary>
    UploadUnknown,

    /// <summary>A chunk does not begin where the one before ended.</summary>
    UploadOutOfOrder,

    /// <summary>Another request writes to the upload.</summary>
    UploadBusy,

    /// <summary>It is larger than this registry takes.</summary>
    TooLarge,

    /// <summary>This registry does not do that.</summary>
    Unsupported,

    /// <summary>Whoever has it does not give it to this registry.</summary>
    Denied,

    /// <summary>Whoever has it asks to be left alone for a while.</summary>
    TooManyRequests,

    /// <summary>Whoever has it cannot be reached, or breaks the protocol.</summary>
    Unavailable,

    /// <summary>The disk or the quota is full.</summary>
    StorageFull,
}
