using FastRun.Native.Filesystem;

namespace FastRun.Engine.Build.Files;

/// <summary>A directory of a <see cref="SelectedTree"/>.</summary>
/// <param name="Path">Below the top; empty for the top.</param>
/// <param name="Status">What it was when it was selected.</param>
/// <param name="First">Where its entries begin in the tree's.</param>
/// <param name="Count">How many there are, without directories.</param>
internal readonly record struct SelectedDirectory(byte[] Path, FileStatus Status, int First, int Count);
