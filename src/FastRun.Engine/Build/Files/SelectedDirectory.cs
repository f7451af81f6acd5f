using FastRun.Native.Filesystem;

namespace FastRun.Engine.Build.Files;

/// <summary>A directory of a <see cref="SelectedTree"/>.</summary>
/// <param name="Path">Below the top; empty for the top.</param>
/// <param name="Status">What it was when it was selected.</param>
/// <param name="Entries">What is in it and no directory, in the order of the names' bytes.</param>
internal sealed record SelectedDirectory(byte[] Path, FileStatus Status, SelectedEntry[] Entries);
