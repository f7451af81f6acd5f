using System;

namespace FastRun.Layers.Registry.Upload;

/// <summary>The bytes to push could not be read: nothing that the registry they go to could help.</summary>
internal sealed class UploadFailedException(Exception inner) : Exception("the source failed", inner);
