using System;

namespace FastRun.Layers.Oci;

/// <summary>Content does not have the digest, the size or the form it must have. The message is one line.</summary>
public sealed class CorruptContentException : Exception
{
    /// <summary>Describes what is wrong.</summary>
    /// <param name="subject">The content: a digest, or a file.</param>
    /// <param name="problem">What is wrong with it.</param>
    /// <param name="inner">What was noticed first, if anything.</param>
    public CorruptContentException(string subject, string problem, Exception? inner = null)
        : base($"{subject}: {problem}", inner)
    {
        Subject = subject;
    }

    /// <summary>The content: a digest, or a file.</summary>
    public string Subject { get; }
}
