using FastRun.Native.Filesystem;

namespace FastRun.Engine.Build.Files;

/// <summary>Something that is no directory.</summary>
/// <param name="Name">Its name in its directory.</param>
/// <param name="Status">What it was when it was selected.</param>
internal readonly record struct SelectedEntry(byte[] Name, FileStatus Status);
