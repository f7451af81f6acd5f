using System;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Files;

/// <summary>What is at a path of a container (Engine API, X-Docker-Container-Path-Stat).</summary>
/// <param name="Name">The last part of the path.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Type">What it is.</param>
/// <param name="Permissions">The lowest twelve bits of its mode.</param>
/// <param name="Modified">When its content was changed last.</param>
/// <param name="LinkTarget">Where a symbolic link leads, as an absolute path; else empty.</param>
public sealed record PathStatus(string Name, long Size, FileType Type, int Permissions, DateTimeOffset Modified, string LinkTarget);
