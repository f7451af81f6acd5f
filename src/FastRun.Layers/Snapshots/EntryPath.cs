using System;

namespace FastRun.Layers.Snapshots;

/// <summary>Spells the paths of entries in a buffer; those of one directory, which mostly follow each other, share their beginning.</summary>
internal sealed class EntryPath
{
    private readonly byte[] _path = new byte[LayerPath.MaxLength + 1];
    private int _parentLength;
    private TreeNode? _parent;

    /// <summary>The path of a name in a directory, valid until the next call; false where it is longer than any may be.</summary>
    internal bool TrySpell(TreeNode directory, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> path)
    {
        path = default;
        if (directory != _parent)
        {
            directory.CopyPath(_path);
            _parentLength = directory.PathLength;
            if (_parentLength > 0)
            {
                _path[_parentLength++] = (byte)'/';
            }

            _parent = directory;
        }

        if (_parentLength + name.Length > LayerPath.MaxLength)
        {
            return false;
        }

        name.CopyTo(_path.AsSpan(_parentLength));
        path = _path.AsSpan(0, _parentLength + name.Length);
        return true;
    }
}
