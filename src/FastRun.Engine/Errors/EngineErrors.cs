using System;
using FastRun.Engine.Build.Dockerfile;
using FastRun.Layers;
using FastRun.Layers.Hosting;
using FastRun.Layers.Images;
using FastRun.Layers.Oci;
using FastRun.Layers.References;
using FastRun.Layers.Registry;
using FastRun.Layers.Registry.Authentication;
using FastRun.Native;
using FastRun.Native.Cgroups;

namespace FastRun.Engine.Errors;

/// <summary>What the layers below throw, as the one exception that leaves the engine.</summary>
internal static class EngineErrors
{
    /// <summary>Runs an operation of the layers below at the engine's edge.</summary>
    /// <exception cref="EngineException">It failed.</exception>
    internal static T Translated<T>(Func<T> operation)
    {
        try
        {
            return operation();
        }
        catch (Exception e) when (e is not EngineException && Translate(e) is not null)
        {
            throw Translate(e)!;
        }
    }

    /// <summary>The engine's form of an exception; null for one that only a fault of the program explains.</summary>
    internal static EngineException? Translate(Exception exception) => exception switch
    {
        EngineException e => e,
        DockerfileException e => new EngineException(ErrorKind.InvalidArgument, e.FullMessage, e),
        ReferenceFormatException => new EngineException(ErrorKind.InvalidArgument, exception.Message, exception),
        ImageNotFoundException => new EngineException(ErrorKind.NotFound, exception.Message, exception),
        PlatformNotFoundException => new EngineException(ErrorKind.NotFound, exception.Message, exception),
        ImageInUseException => new EngineException(ErrorKind.Conflict, exception.Message, exception),
        CorruptContentException => new EngineException(ErrorKind.CorruptContent, exception.Message, exception),
        RegistryConfigurationException => new EngineException(ErrorKind.InvalidArgument, exception.Message, exception),
        CredentialException => new EngineException(ErrorKind.Internal, exception.Message, exception),
        RegistryException e => new EngineException(KindOf(e.Kind), e.Message, e),
        LayerException e => new EngineException(KindOf(e.Kind), e.Message, e),
        CgroupUnsupportedException e => new EngineException(ErrorKind.Unsupported, e.Message, e),
        HostingException e => new EngineException(
            e.Fault == HostingFault.StorageFull ? ErrorKind.ResourceExhausted : ErrorKind.InvalidArgument, e.Message, e),
        SyscallException e => new EngineException(KindOf(e.Errno), e.Message, e),
        _ => null,
    };

    private static ErrorKind KindOf(LayerErrorKind kind) => kind switch
    {
        LayerErrorKind.DigestMismatch => ErrorKind.CorruptContent,
        LayerErrorKind.Truncated => ErrorKind.CorruptContent,
        LayerErrorKind.Malformed => ErrorKind.CorruptContent,
        LayerErrorKind.LimitExceeded => ErrorKind.CorruptContent,
        LayerErrorKind.Unsupported => ErrorKind.Unsupported,
        LayerErrorKind.DiskFull => ErrorKind.ResourceExhausted,
        LayerErrorKind.Io => ErrorKind.Internal,
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    private static ErrorKind KindOf(RegistryErrorKind kind) => kind switch
    {
        RegistryErrorKind.NotFound => ErrorKind.NotFound,
        RegistryErrorKind.Unauthorized => ErrorKind.PermissionDenied,
        RegistryErrorKind.Denied => ErrorKind.PermissionDenied,
        RegistryErrorKind.Insecure => ErrorKind.PermissionDenied,
        RegistryErrorKind.TooManyRequests => ErrorKind.Unavailable,
        RegistryErrorKind.Unavailable => ErrorKind.Unavailable,
        RegistryErrorKind.Protocol => ErrorKind.CorruptContent,
        RegistryErrorKind.TooLarge => ErrorKind.CorruptContent,
        RegistryErrorKind.DigestMismatch => ErrorKind.CorruptContent,
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    private static ErrorKind KindOf(Errno errno) => errno switch
    {
        Errno.EPERM or Errno.EACCES or Errno.EROFS => ErrorKind.PermissionDenied,
        Errno.ENOSPC or Errno.EDQUOT or Errno.EMFILE or Errno.ENFILE or Errno.ENOMEM or Errno.EAGAIN =>
            ErrorKind.ResourceExhausted,
        Errno.ENOSYS or Errno.EOPNOTSUPP => ErrorKind.Unsupported,
        _ => ErrorKind.Internal,
    };
}
