using System;
using FastRun.Engine.Errors;
using FastRun.Engine.RuntimeSpec.Seccomp;

namespace FastRun.Fuzz.Targets;

/// <summary>Seccomp profiles in Docker's format.</summary>
internal sealed class SeccompTarget : FuzzTarget
{
    private const string Profile =
        """{"defaultAction":"SCMP_ACT_ERRNO","defaultErrnoRet":1,"archMap":[{"architecture":"SCMP_ARCH_X86_64","subArchitectures":["SCMP_ARCH_X86","SCMP_ARCH_X32"]}],"syscalls":[{"names":["read","write"],"action":"SCMP_ACT_ALLOW","args":[],"comment":"","includes":{"caps":["CAP_SYS_ADMIN"],"minKernel":"4.8","arches":["amd64"]},"excludes":{}},{"names":["clone"],"action":"SCMP_ACT_ERRNO","errnoRet":38,"args":[{"index":0,"value":2114060288,"valueTwo":0,"op":"SCMP_CMP_MASKED_EQ"}]}]}""";

    internal override string Name => "seccomp";

    internal override byte[] Generate(Random random) => Mutation.Json(random, Profile);

    internal override bool Run(byte[] input)
    {
        try
        {
            _ = SeccompProfileReader.Read("profile.json", input, SeccompHost.Current);
            return true;
        }
        catch (EngineException refusal)
        {
            CheckMessage(refusal);
            return false;
        }
    }
}
