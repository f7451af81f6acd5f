using System;
using FastRun.Native.Cryptography;

namespace FastRun.Engine.Build.Ssh;

/// <summary>A key of Ed25519 (RFC 8709).</summary>
internal sealed class Ed25519SshKey : SshKey
{
    internal const string Name = "ssh-ed25519";

    private readonly Ed25519Key _key;

    internal Ed25519SshKey(ReadOnlySpan<byte> seed)
    {
        _key = new Ed25519Key(seed);
        PublicBlob = new WireWriter().Text(Name).String(_key.PublicKey()).ToArray();
    }

    internal override byte[] PublicBlob { get; }

    internal override byte[] Sign(ReadOnlySpan<byte> data, uint flags) => new WireWriter().Text(Name).String(_key.Sign(data)).ToArray();

    public override void Dispose() => _key.Dispose();
}
