using System;
using System.Text;
using FastRun.Engine.Errors;

namespace FastRun.Engine.Supervision;

/// <summary>The payload of <see cref="FrameType.Failed"/>: a byte of <see cref="ErrorKind"/>, the message, and behind a NUL the hint.</summary>
internal static class FailureFrame
{
    /// <summary>Writes one.</summary>
    internal static byte[] Write(EngineException failure)
    {
        byte[] text = Encoding.UTF8.GetBytes($"{failure.Message}\0{failure.Hint}");
        return [(byte)failure.Kind, .. text.AsSpan(0, Math.Min(text.Length, FrameConnection.LargestPayload - 1))];
    }

    /// <summary>Reads one.</summary>
    internal static EngineException Read(ReadOnlySpan<byte> payload)
    {
        ErrorKind kind = payload.IsEmpty ? ErrorKind.Internal : (ErrorKind)payload[0];
        string[] texts = Encoding.UTF8.GetString(payload[Math.Min(1, payload.Length)..]).Split('\0');
        return new EngineException(kind, texts[0], inner: null, texts.Length > 1 && texts[1].Length > 0 ? texts[1] : null);
    }
}
