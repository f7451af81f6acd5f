using System;
using System.Collections.Generic;
using System.IO;
using System.Security.Cryptography;
using FastRun.Native;

namespace FastRun.Engine.Build.Ssh;

/// <summary>An agent of our own, with keys of files.</summary>
internal sealed class KeyAgent(IReadOnlyList<(SshKey Key, string Comment)> keys) : ISshAgent, IDisposable
{
    /// <inheritdoc/>
    public byte[]? Answer(byte[] request, Fd stop)
    {
        try
        {
            return request[0] == AgentMessage.RequestIdentities ? Identities() : Sign(request);
        }
        catch (Exception e) when (e is InvalidDataException or CryptographicException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach ((SshKey key, string _) in keys)
        {
            key.Dispose();
        }
    }

    private byte[] Identities()
    {
        WireWriter answer = new WireWriter().Byte(AgentMessage.IdentitiesAnswer).UInt32((uint)keys.Count);
        foreach ((SshKey key, string comment) in keys)
        {
            answer.String(key.PublicBlob).Text(comment);
        }

        return answer.ToArray();
    }

    private byte[]? Sign(byte[] request)
    {
        WireReader reader = new(request.AsSpan(1));
        ReadOnlySpan<byte> blob = reader.String();
        ReadOnlySpan<byte> data = reader.String();
        uint flags = reader.UInt32();
        foreach ((SshKey key, string _) in keys)
        {
            if (blob.SequenceEqual(key.PublicBlob))
            {
                // Keys of .NET are not for several threads at once.
                lock (key)
                {
                    return new WireWriter().Byte(AgentMessage.SignResponse).String(key.Sign(data, flags)).ToArray();
                }
            }
        }

        return null;
    }
}
