using System;
using System.Collections.Generic;
using System.IO;
using System.Threading;
using FastRun.Engine.Errors;
using FastRun.Layers;
using FastRun.Layers.Archives;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Build.Context;

/// <summary>Brings directories of a client's here, through the checks that every archive goes through.</summary>
/// <param name="client">The client.</param>
/// <param name="workDirectory">Where they go.</param>
internal sealed class ClientFiles(BuildClient client, string workDirectory)
{
    private const int DirectoryMode = 0b_111_101_101;

    /// <summary>Brings one.</summary>
    /// <param name="name">What the client calls it.</param>
    /// <param name="place">The name of a new directory here.</param>
    /// <param name="paths">Only these files; none for all.</param>
    /// <param name="excluded">What need not be sent.</param>
    /// <exception cref="EngineException">The client does not give it.</exception>
    internal Fd Receive(string name, string place, IReadOnlyList<string> paths, IReadOnlyList<string> excluded)
    {
        string directory = $"{workDirectory}/{place}";
        FileAt.MakeDirectory(null, directory, DirectoryMode);
        Fd root = FileAt.OpenDirectory(null, directory);
        try
        {
            Through(output => client.WriteDirectory(name, paths, excluded, output), input => Unpack(input, root));
            return root;
        }
        catch
        {
            root.Dispose();
            throw;
        }
    }

    /// <summary>Makes the files of a context's tar. One that is a file can be a bomb, one that comes from a client's directory cannot.</summary>
    internal static void Unpack(Fd tar, Fd root) => TreeArchive.Unpack(tar, root, "", new TreeTarget
    {
        KeepOwner = false,
        MostBytes = FileAt.Stat(tar) is { Type: FileType.Regular, Size: var size } ? new LayerLimits().BytesFor(size) : long.MaxValue,
        DeviceMounts = new HashSet<ulong>(),
        Description = "the build context",
    });

    /// <summary>Reads what another thread writes.</summary>
    /// <exception cref="EngineException">What the writer met with, if it did; else what the reader did.</exception>
    internal static void Through(Action<Stream> write, Action<Fd> read)
    {
        Pipe.Open(out Fd input, out Fd output);
        Exception? failure = null;
        Thread writer = new(() =>
        {
            try
            {
                using FileWriteStream stream = new(output);
                write(stream);
            }
            catch (Exception e)
            {
                failure = e;
            }
        })
        { IsBackground = true, Name = "context" };
        writer.Start();
        try
        {
            using (input)
            {
                read(input);
            }
        }
        catch (Exception) when (Join(writer) && failure is { } first and not SyscallException)
        {
            throw EngineErrors.Translate(first) ?? first;
        }

        // What it says after all was read is of no interest, but it may not outlive what it writes from.
        writer.Join();
    }

    private static bool Join(Thread writer)
    {
        writer.Join();
        return true;
    }
}
