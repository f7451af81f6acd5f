using System;

namespace FastRun.Native.Filesystem;

/// <summary>Flags of renameat2(2), <c>linux/fs.h</c>.</summary>
[Flags]
public enum RenameFlags
{
    /// <summary>Replace what stands at the new name.</summary>
    None = 0,

    /// <summary>RENAME_NOREPLACE: fail with EEXIST instead.</summary>
    NoReplace = 1,

    /// <summary>RENAME_EXCHANGE: swap the two.</summary>
    Exchange = 2,
}
