using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using FastRun.Layers;
using FastRun.Layers.Pipeline;
using FastRun.Layers.Snapshots;
using FastRun.Layers.Tests.Pipeline.Tar;

namespace FastRun.Fuzz.Targets;

/// <summary>
/// A layer whose layer.json or tar-index a disk has damaged: its tar is made again as it was, or refused; never another one.
/// The first byte of an input says which file, the rest is the file.
/// </summary>
internal sealed class StoredLayerTarget : FuzzTarget
{
    private static readonly byte[] s_tar = new TarBuilder().Directory("d/").File("d/f", "one").File("d/f", "two").File("e/g", "three").HardLink("h", "e/g").End();

    private readonly byte[] _record;
    private readonly byte[] _index;

    internal StoredLayerTarget()
    {
        using FuzzState state = new();
        string id = Assemble(state, out _);
        _record = File.ReadAllBytes(Path.Combine(state.Layout.Layer(id), "layer.json"));
        _index = File.ReadAllBytes(Path.Combine(state.Layout.Layer(id), "tar-index"));
    }

    internal override string Name => "stored-layer";

    internal override byte[] Generate(Random random) => random.Next(2) == 0
        ? [0, .. Mutation.Json(random, Encoding.UTF8.GetString(_record))]
        : [1, .. Mutation.Bytes(random, _index)];

    internal override bool Run(byte[] input)
    {
        if (input.Length == 0)
        {
            return false;
        }

        using FuzzState state = new();
        string id = Assemble(state, out LayerPipeline pipeline);
        File.WriteAllBytes(Path.Combine(state.Layout.Layer(id), input[0] == 0 ? "layer.json" : "tar-index"), input[1..]);
        bool exact = false;
        try
        {
            LayerStore store = new(state.Layout);
            using MemoryStream remade = new();
            if (store.Contains(id))
            {
                // The record may say another digest; then that is what was checked.
                string diffId = store.DiffId(id).ToString();
                pipeline.WriteTar(id, remade);
                exact = diffId == MemoryBlob.Plain(s_tar).DiffId.ToString();
                Require(!exact || remade.ToArray().AsSpan().SequenceEqual(s_tar), "another tar was made again");
            }
        }
        catch (LayerException refusal)
        {
            CheckMessage(refusal);
        }

        IReadOnlyList<string>? again = state.Assemble([MemoryBlob.Plain(s_tar)], out _, out LayerException? failure);
        Require(again is { Count: 1 }, $"the layer cannot be had again: {failure?.Message}");
        state.Check();
        return exact;
    }

    private static string Assemble(FuzzState state, out LayerPipeline pipeline) =>
        state.Assemble([MemoryBlob.Plain(s_tar)], out pipeline, out LayerException? refusal) is [string id]
            ? id
            : throw new FuzzFailureException($"the example is refused: {refusal?.Message}");
}
