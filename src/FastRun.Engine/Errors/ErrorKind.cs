namespace FastRun.Engine.Errors;

/// <summary>What kind of thing went wrong. Two exhaustive switches map it to exit codes and to HTTP statuses.</summary>
public enum ErrorKind
{
    /// <summary>The request itself is wrong: a malformed value, an impossible combination.</summary>
    InvalidArgument,

    /// <summary>A named object (image, container, volume, file) does not exist.</summary>
    NotFound,

    /// <summary>A name is taken, or an object is in use.</summary>
    Conflict,

    /// <summary>The caller may not do this.</summary>
    PermissionDenied,

    /// <summary>This host, kernel or release of FastRun cannot do this.</summary>
    Unsupported,

    /// <summary>Content does not have the digest, size or form it must have.</summary>
    CorruptContent,

    /// <summary>The command in the container was not found (exit code 127).</summary>
    CommandNotFound,

    /// <summary>The command in the container cannot be executed (exit code 126).</summary>
    CommandNotExecutable,

    /// <summary>A disk, quota or descriptor limit was reached.</summary>
    ResourceExhausted,

    /// <summary>A registry, or the way to it, is out.</summary>
    Unavailable,

    /// <summary>A signal ended it.</summary>
    Interrupted,

    /// <summary>The kernel or the engine failed in a way that the request does not explain.</summary>
    Internal,
}
