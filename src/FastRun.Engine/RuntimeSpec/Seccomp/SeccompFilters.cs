using System;
using System.Text;
using FastRun.Engine.Errors;
using FastRun.Layers;
using FastRun.Native;
using FastRun.Native.Capabilities;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.RuntimeSpec.Seccomp;

/// <summary>Finds the filter of a container: built in, compiled before, or compiled now.</summary>
public static class SeccompFilters
{
    private const string Unconfined = "unconfined";
    private const string BuiltIn = "builtin";
    private const int LongestProfile = 1024 * 1024;

    private static readonly CapabilitySet s_builtInFor = DefaultCapabilities.Set & DefaultSeccompProfile.RelevantCapabilities;

    /// <summary>The filter, or null for none.</summary>
    /// <param name="layout">Where compiled filters are kept.</param>
    /// <param name="profile">
    /// What --security-opt seccomp= says: a file, <c>unconfined</c>, <c>builtin</c>, or, as Docker's API has it, the profile
    /// itself; null when it says nothing.
    /// </param>
    /// <param name="capabilities">What the container holds; rules depend on it.</param>
    /// <param name="privileged">No filter, unless a profile is given, as in Docker.</param>
    /// <exception cref="EngineException">The profile cannot be read, or is not one.</exception>
    public static SeccompFilter? Resolve(StateLayout layout, string? profile, CapabilitySet capabilities, bool privileged)
    {
        if (profile == Unconfined || (profile is null && privileged))
        {
            return null;
        }

        SeccompHost host = SeccompHost.Current;
        if (profile is not (null or BuiltIn))
        {
            byte[] json = Read(profile, out string name);
            return Cached(layout, json, capabilities, host, () => SeccompProfileReader.Read(name, json, host));
        }

        CapabilitySet relevant = capabilities & DefaultSeccompProfile.RelevantCapabilities;
        return relevant == s_builtInFor
            ? SeccompFilter.BuiltIn(host.Native)
            : Cached(layout, default, relevant, host, () => DefaultSeccompProfile.For(host));
    }

    private static SeccompFilter Cached(
        StateLayout layout,
        ReadOnlySpan<byte> json,
        CapabilitySet capabilities,
        SeccompHost host,
        Func<SeccompProfile> profile)
    {
        KernelVersion kernel = KernelVersion.OfThisHost;
        var cache = new SeccompFilterCache(layout.SeccompCache, json, capabilities, host, kernel);
        byte[]? program = cache.TryRead();
        if (program is null)
        {
            program = SeccompCompiler.Compile(profile(), host, capabilities, kernel);
            cache.Write(program);
        }

        return SeccompFilter.Compiled(program);
    }

    private static byte[] Read(string profile, out string name)
    {
        if (profile.AsSpan().TrimStart().StartsWith('{'))
        {
            name = "given inline";
            return Encoding.UTF8.GetBytes(profile);
        }

        name = profile;
        try
        {
            using Fd file = FileAt.Open(null, profile, OpenFlags.Read | OpenFlags.NonBlocking);
            return FileContent.ReadAll(file, LongestProfile);
        }
        catch (SyscallException exception)
        {
            ErrorKind kind = exception.Errno switch
            {
                Errno.ENOENT or Errno.ENOTDIR => ErrorKind.NotFound,
                Errno.EACCES or Errno.EPERM => ErrorKind.PermissionDenied,
                _ => ErrorKind.InvalidArgument,
            };
            throw new EngineException(kind, $"seccomp profile {profile}: {exception.Errno.Describe()}", exception);
        }
    }
}
