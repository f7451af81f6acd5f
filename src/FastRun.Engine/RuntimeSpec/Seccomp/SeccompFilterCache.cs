using System;
using System.IO;
using System.Security.Cryptography;
using System.Text;
using FastRun.Native;
using FastRun.Native.Capabilities;
using FastRun.Native.Filesystem;
using FastRun.Native.Seccomp;

namespace FastRun.Engine.RuntimeSpec.Seccomp;

/// <summary>
/// One compiled filter on disk, named by the digest of all that it depends on. The file is the digest of its content, then
/// the content: a torn or damaged one is not used, and written again.
/// </summary>
internal sealed class SeccompFilterCache
{
    private const int LongestFile =
        SHA256.HashSizeInBytes + BpfGraph.MaximumInstructions * SeccompFilter.InstructionSize;

    private readonly string _directory;
    private readonly string _path;
    private readonly byte[] _key;

    internal SeccompFilterCache(
        string directory, ReadOnlySpan<byte> json, CapabilitySet capabilities, SeccompHost host, KernelVersion kernel)
    {
        // The release and the built-in filter stand for the compiler, the system call tables and the default profile.
        string context = $"{EngineVersion.Text} {host.Name} {kernel} {capabilities.Mask:x}\n";
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.ASCII.GetBytes(context));
        hash.AppendData(SHA256.HashData(DefaultFilter.Program(host.Native)));
        hash.AppendData(json);
        _key = hash.GetHashAndReset();
        _directory = directory;
        _path = Path.Combine(directory, Convert.ToHexStringLower(_key));
    }

    /// <summary>The program, or null where there is none that is whole.</summary>
    internal byte[]? TryRead()
    {
        byte[]? file;
        try
        {
            file = FileContent.TryReadAll(null, _path, LongestFile);
        }
        catch (SyscallException)
        {
            return null;
        }

        if (file is null || file.Length <= SHA256.HashSizeInBytes)
        {
            return null;
        }

        byte[] program = file[SHA256.HashSizeInBytes..];
        bool whole = program.Length % SeccompFilter.InstructionSize == 0
            && Digest(program).AsSpan().SequenceEqual(file.AsSpan(0, SHA256.HashSizeInBytes));
        return whole ? program : null;
    }

    /// <summary>Keeps a program. It can be compiled again: where it cannot be written, nothing is lost but time.</summary>
    internal void Write(ReadOnlySpan<byte> program)
    {
        try
        {
            FileAt.MakeDirectories(null, _directory, 0x1c0);
            AtomicFile.WriteVolatile(_path, [.. Digest(program), .. program]);
        }
        catch (SyscallException)
        {
        }
    }

    /// <summary>Of the key too, so that a file under another's name is not taken for it.</summary>
    private byte[] Digest(ReadOnlySpan<byte> program)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(_key);
        hash.AppendData(program);
        return hash.GetHashAndReset();
    }
}
