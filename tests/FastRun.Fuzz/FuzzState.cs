using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using FastRun.Layers;
using FastRun.Layers.Pipeline;
using FastRun.Layers.Snapshots;
using FastRun.Native.Filesystem;

namespace FastRun.Fuzz;

/// <summary>A store of one input's own beside a tree that nothing may touch: <c>../../../../canary</c> from a layer's root.</summary>
internal sealed class FuzzState : IDisposable
{
    private readonly string _canary;

    internal FuzzState()
    {
        // In memory where that is possible: nothing here has to outlive the process.
        string parent = Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();
        Top = Path.Combine(parent, $"fastrun-fuzz-{Environment.ProcessId}");
        _canary = Path.Combine(Top, "canary");
        Directory.CreateDirectory(Path.Combine(_canary, "inner"));
        File.WriteAllText(Path.Combine(_canary, "file"), "untouched");
        FileAt.MakeSymbolicLink("file", null, Path.Combine(_canary, "link"));
        Layout = new StateLayout(Path.Combine(Top, "data"), Path.Combine(Top, "run"));
        Before = Snapshot();
    }

    internal string Top { get; }

    internal StateLayout Layout { get; }

    private string Before { get; }

    /// <summary>Unpacks layers; null where they were refused.</summary>
    /// <param name="layers">Bottom first.</param>
    /// <param name="pipeline">What unpacked them.</param>
    /// <param name="refusal">Why they were refused.</param>
    internal IReadOnlyList<string>? Assemble(
        IReadOnlyList<LayerSource> layers, out LayerPipeline pipeline, out LayerException? refusal)
    {
        LayerLimits limits = new() { BaseBytes = 16 << 20, MemoryBytes = 8 << 20, Entries = 5000, TrailingBytes = 1 << 20 };
        pipeline = new LayerPipeline(new LayerStore(Layout), limits);
        refusal = null;
        try
        {
            return pipeline.Assemble(layers);
        }
        catch (LayerException expected)
        {
            refusal = expected;
            return null;
        }
    }

    /// <summary>Nothing outside of the store was touched, and nothing is on its way any more.</summary>
    internal void Check()
    {
        string after = Snapshot();
        if (after != Before)
        {
            throw new FuzzFailureException($"the tree outside changed from {Before} to {after}");
        }

        if (Directory.Exists(Layout.Staging) && Directory.EnumerateFileSystemEntries(Layout.Staging).Any())
        {
            throw new FuzzFailureException("something is left in staging");
        }
    }

    public void Dispose() => TreeRemoval.Delete(null, Top);

    private string Snapshot()
    {
        List<string> lines = [.. Directory.GetFileSystemEntries(Top).Where(p => !p.StartsWith(Layout.DataRoot, StringComparison.Ordinal))];
        foreach (string name in (ReadOnlySpan<string>)[_canary, _canary + "/file", _canary + "/link", _canary + "/inner"])
        {
            FileStatus status = FileAt.Stat(null, name);
            lines.Add($"{status.Mode:x} {status.Uid}:{status.Gid} {status.Size} {status.Modified} {status.LinkCount}");
        }

        lines.Add(string.Join(',', Directory.GetFileSystemEntries(_canary).Order(StringComparer.Ordinal)));
        lines.Add(File.ReadAllText(Path.Combine(_canary, "file")));
        return string.Join('|', lines);
    }
}
