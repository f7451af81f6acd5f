using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using FastRun.Engine.Launch;
using FastRun.Engine.Launch.Tape;
using FastRun.Engine.State;
using FastRun.Layers;
using FastRun.Native;
using FastRun.Native.Launch;

namespace FastRun.Benchmarks;

/// <summary>
/// Writes the tape of <c>fastrun exec --network none --no-workspace IMAGE -- true</c> to a file, for the C main that walks
/// the identical tape (scenarios/launch/floor.c). The arena is dumped with its addresses, where the C main maps it again.
/// </summary>
internal static unsafe class TapeDump
{
    /// <summary>Plans a launch as RunContainer does, and writes its tape instead of walking it.</summary>
    internal static void Write(StateLayout layout, string imageName, string path)
    {
        using PlannedLaunch launch = PlannedLaunch.Of(layout, imageName);
        TapeWriter.Write(launch.Plan, launch.Tape, timed: false);
        using BinaryWriter writer = new(File.Create(path));
        Write(writer, layout, launch.LayerIds, launch.Sandbox, launch.Plan, launch.Tape);
    }

    private static void Write(
        BinaryWriter writer, StateLayout layout, IReadOnlyList<string> layers, Sandbox sandbox, LaunchPlan plan, LaunchTape tape)
    {
        TapeHeader* header = tape.Seal();
        writer.Write((long)(ulong)plan.Namespaces);
        foreach (Fd descriptor in (Fd[])
            [
                plan.Root, plan.Devices.Mount, plan.Devices.Null, plan.Devices.Terminals, plan.Devices.SharedMemory!,
                plan.SystemFiles.Mount,
            ])
        {
            writer.Write((long)descriptor.Number);
        }

        List<string> lowers = [];
        foreach (string layer in layers)
        {
            lowers.Add(layout.LayerTree(layer));
        }

        lowers.Add(layout.MountPoints);
        WriteText(writer, sandbox.Directory);
        writer.Write((long)lowers.Count);
        lowers.ForEach(lower => WriteText(writer, lower));

        writer.Write((long)tape.Count);
        writer.Write(new ReadOnlySpan<byte>(header->Ops, tape.Count * sizeof(LaunchOp)));
        writer.Write((long)header->Slots);
        List<(nint Address, int Used)> chunks = [.. tape.Chunks()];
        writer.Write((long)chunks.Count);
        foreach ((nint address, int used) in chunks)
        {
            writer.Write((long)address);
            writer.Write((long)used);
            writer.Write(new ReadOnlySpan<byte>((void*)address, used));
        }
    }

    private static void WriteText(BinaryWriter writer, string text)
    {
        Span<byte> field = stackalloc byte[256];
        field.Clear();
        Encoding.UTF8.GetBytes(text, field[..255]);
        writer.Write(field);
    }
}
