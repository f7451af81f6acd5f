namespace FastRun.Native.Terminals;

/// <summary>A terminal's size in characters.</summary>
/// <param name="Rows">Lines.</param>
/// <param name="Columns">Characters in a line.</param>
public readonly record struct WindowSize(ushort Rows, ushort Columns);
