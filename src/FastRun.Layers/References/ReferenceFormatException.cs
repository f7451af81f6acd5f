using System;

namespace FastRun.Layers.References;

/// <summary>What the user typed cannot name an image. The message is one line and quotes what was typed.</summary>
public sealed class ReferenceFormatException(string message) : Exception(message);
