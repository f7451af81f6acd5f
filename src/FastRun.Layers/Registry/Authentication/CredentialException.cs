using System;

namespace FastRun.Layers.Registry.Authentication;

/// <summary>A credential cannot be read or kept. The message is one line that names the file or the program.</summary>
public sealed class CredentialException : Exception
{
    /// <summary>Describes a failure.</summary>
    public CredentialException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
