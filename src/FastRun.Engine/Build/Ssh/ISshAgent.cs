using FastRun.Native;

namespace FastRun.Engine.Build.Ssh;

/// <summary>Answers the two questions of a client: which keys there are, and for a signature.</summary>
internal interface ISshAgent
{
    /// <summary>Answers.</summary>
    /// <param name="request">A message without its length: <see cref="AgentMessage.RequestIdentities"/> or <see cref="AgentMessage.SignRequest"/>.</param>
    /// <param name="stop">Becomes readable when nobody waits for the answer any more.</param>
    /// <returns>The answer; null for none.</returns>
    byte[]? Answer(byte[] request, Fd stop);
}
