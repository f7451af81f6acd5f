using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using FastRun.Layers;
using FastRun.Layers.Pipeline;
using FastRun.Layers.Snapshots;

namespace FastRun.Fuzz.Targets;

/// <summary>
/// One to three layers on top of each other: refused, or unpacked inside of the store and made again bit for bit. An input is
/// the tars, each with its length before it.
/// </summary>
internal sealed class TarTarget : FuzzTarget
{
    internal override string Name => "tar";

    internal override byte[] Generate(Random random)
    {
        TarGenerator generator = new(random);
        using MemoryStream input = new();
        for (int layers = random.Next(1, 4); layers > 0; layers--)
        {
            byte[] tar = generator.Next();
            input.Write(BitConverter.GetBytes(tar.Length));
            input.Write(tar);
        }

        return input.ToArray();
    }

    internal override bool Run(byte[] input)
    {
        List<byte[]> tars = Split(input);
        using FuzzState state = new();
        IReadOnlyList<string>? ids = state.Assemble(
            [.. tars.Select(MemoryBlob.Plain)], out LayerPipeline pipeline, out LayerException? refusal);
        state.Check();
        if (ids is null)
        {
            CheckMessage(refusal!);
            Require(refusal!.Kind is not LayerErrorKind.DigestMismatch, "a layer with the right digest has a wrong one");
            return false;
        }

        LayerStore store = new(state.Layout);
        foreach (string id in ids)
        {
            byte[] tar = tars.First(tar => Convert.ToHexStringLower(SHA256.HashData(tar)) == store.DiffId(id).Hex);
            using MemoryStream remade = new();
            pipeline.WriteTar(id, remade);
            Require(remade.ToArray().AsSpan().SequenceEqual(tar), "the tar that was made again is another");
        }

        // What is there is found, and fits as it did.
        IReadOnlyList<string>? again = state.Assemble([.. tars.Select(MemoryBlob.Plain)], out _, out refusal);
        Require(again is not null && again.SequenceEqual(ids), $"a second time gives other layers: {refusal?.Message}");
        state.Check();
        return true;
    }

    private static List<byte[]> Split(byte[] input)
    {
        List<byte[]> tars = [];
        ReadOnlySpan<byte> rest = input;
        while (rest.Length >= sizeof(int))
        {
            int length = Math.Clamp(BitConverter.ToInt32(rest), 0, rest.Length - sizeof(int));
            tars.Add(rest.Slice(sizeof(int), length).ToArray());
            rest = rest[(sizeof(int) + length)..];
        }

        return tars;
    }
}
