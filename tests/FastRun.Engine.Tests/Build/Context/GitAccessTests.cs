using System;
using System.Linq;
using FastRun.Engine.Build.Context;
using FastRun.Engine.Errors;

namespace FastRun.Engine.Tests.Build.Context;

public sealed class GitAccessTests
{
    private static readonly GitLocation s_overSsh = GitLocation.Parse("git@example.test:some/repository.git");
    private static readonly GitLocation s_overHttps = GitLocation.Parse("https://example.test/repository.git");

    [Fact]
    public void Variables_OfAClient_HaveNothingOfTheUser()
    {
        GitAccess access = new(isClients: true, static () => "/agent");

        string[] names = [.. access.Variables(s_overSsh).Select(static variable => variable.Split('=')[0])];
        Assert.Equal(["GIT_SSH_COMMAND", "SSH_AUTH_SOCK"], names);
        Assert.Contains("SSH_AUTH_SOCK=/agent", access.Variables(s_overSsh));
        Assert.Contains(" -F /dev/null -oIdentityFile=none ", access.Variables(s_overSsh).First(), StringComparison.Ordinal);
    }

    [Fact]
    public void Variables_OfAClient_AskForNoAgentWhereNoneIsNeeded()
    {
        GitAccess access = new(isClients: true, static () => throw new InvalidOperationException("the agent was asked for"));

        Assert.StartsWith("GIT_SSH_COMMAND=", Assert.Single(access.Variables(s_overHttps)), StringComparison.Ordinal);
    }

    [Fact]
    public void Variables_OfAClientWithoutAnAgent_AreAnErrorForSsh()
    {
        GitAccess access = new(isClients: true, static () => null);

        EngineException failure = Assert.Throws<EngineException>(() => access.Variables(s_overSsh).ToArray());
        Assert.Equal(("git@example.test:some/repository.git: ssh agent default: not found", "--ssh default"), (failure.Message, failure.Hint));
    }

    [Fact]
    public void Variables_OfTheUser_ComeFromTheEnvironment_ButForAnAgentThatIsGiven()
    {
        string[] home = Environment.GetEnvironmentVariable("HOME") is { Length: > 0 } value ? ["HOME=" + value] : [];

        Assert.Equal(["GIT_SSH_COMMAND=ssh -oBatchMode=yes", .. home], GitAccess.OfUser.Variables(s_overHttps).Where(static variable => !variable.StartsWith("SSH_AUTH_SOCK=", StringComparison.Ordinal)));
        Assert.Contains("SSH_AUTH_SOCK=/given", new GitAccess(isClients: false, static () => "/given").Variables(s_overSsh));
    }
}
