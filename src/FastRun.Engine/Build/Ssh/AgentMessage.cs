namespace FastRun.Engine.Build.Ssh;

/// <summary>The first bytes of messages (draft-miller-ssh-agent, "Message numbers").</summary>
internal static class AgentMessage
{
    /// <summary>SSH_AGENT_FAILURE.</summary>
    internal const byte Failure = 5;

    /// <summary>SSH_AGENTC_REQUEST_IDENTITIES.</summary>
    internal const byte RequestIdentities = 11;

    /// <summary>SSH_AGENT_IDENTITIES_ANSWER.</summary>
    internal const byte IdentitiesAnswer = 12;

    /// <summary>SSH_AGENTC_SIGN_REQUEST.</summary>
    internal const byte SignRequest = 13;

    /// <summary>SSH_AGENT_SIGN_RESPONSE.</summary>
    internal const byte SignResponse = 14;
}
