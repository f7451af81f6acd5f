namespace FastRun.Native.Cgroups;

/// <summary>What a <see cref="BlockRate"/> counts.</summary>
public enum BlockRateKind
{
    /// <summary>Bytes read per second.</summary>
    ReadBytes,

    /// <summary>Bytes written per second.</summary>
    WriteBytes,

    /// <summary>Read operations per second.</summary>
    ReadOperations,

    /// <summary>Write operations per second.</summary>
    WriteOperations,
}
