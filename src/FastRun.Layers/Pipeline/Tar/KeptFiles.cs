using System;
using System.Collections.Generic;
using FastRun.Layers.Snapshots;

namespace FastRun.Layers.Pipeline.Tar;

/// <summary>
/// Which of the replaced files and directories of a layer a content went to. Looked up by path, since a tar may replace a
/// million files.
/// </summary>
internal sealed class KeptFiles
{
    private readonly Dictionary<byte[], List<(int Order, Relocation Relocation)>> _byPath = new(ByteNameComparer.Instance);

    internal KeptFiles(IReadOnlyList<Relocation> relocations)
    {
        for (int order = 0; order < relocations.Count; order++)
        {
            byte[] path = LayerPath.FromText(relocations[order].Path);
            if (!_byPath.TryGetValue(path, out List<(int, Relocation)>? moves))
            {
                _byPath.Add(path, moves = []);
            }

            moves.Add((order, relocations[order]));
        }
    }

    /// <summary>The first move of a path, or of a directory that it was in, after a content was written.</summary>
    /// <param name="path">Where it was written.</param>
    /// <param name="content">Its number; a move states how many contents came before it.</param>
    /// <param name="moved">How many bytes of the path the move stands for.</param>
    internal Relocation? Find(ReadOnlySpan<byte> path, int content, out int moved)
    {
        (int order, Relocation? first, moved) = (int.MaxValue, null, 0);
        if (_byPath.Count == 0)
        {
            return null;
        }

        for (int end = 1; end <= path.Length; end++)
        {
            if ((end == path.Length || path[end] == (byte)'/')
                && _byPath.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(
                    path[..end], out List<(int Order, Relocation Relocation)>? moves)
                && After(moves, content) is (int at, { } relocation)
                && at < order)
            {
                (order, first, moved) = (at, relocation, end);
            }
        }

        return first;
    }

    /// <summary>The first of a path's moves, which are in their order, that came after a content.</summary>
    private static (int Order, Relocation? Relocation) After(List<(int Order, Relocation Relocation)> moves, int content)
    {
        int low = 0;
        int high = moves.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = moves[middle].Relocation.Before > content ? (low, middle) : (middle + 1, high);
        }

        return low < moves.Count ? moves[low] : (int.MaxValue, null);
    }
}
