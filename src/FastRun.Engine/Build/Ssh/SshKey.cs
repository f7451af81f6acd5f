using System;

namespace FastRun.Engine.Build.Ssh;

/// <summary>A private key that signs for an agent.</summary>
internal abstract class SshKey : IDisposable
{
    /// <summary>The public key as SSH has it (RFC 4253, section 6.6).</summary>
    internal abstract byte[] PublicBlob { get; }

    /// <summary>Signs.</summary>
    /// <param name="data">What.</param>
    /// <param name="flags">What the client prefers (draft-miller-ssh-agent, "Signature flags").</param>
    /// <returns>The signature as SSH has it.</returns>
    internal abstract byte[] Sign(ReadOnlySpan<byte> data, uint flags);

    /// <inheritdoc/>
    public abstract void Dispose();
}
