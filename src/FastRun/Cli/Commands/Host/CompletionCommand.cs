using System.Collections.Generic;
using FastRun.Cli.Completion;
using FastRun.Cli.Options;

namespace FastRun.Cli.Commands.Host;

/// <summary><c>fastrun completion bash|zsh|fish</c>.</summary>
internal sealed class CompletionCommand : Command
{
    internal override string Name => "completion";

    internal override string Usage => "bash|zsh|fish";

    internal override string Summary => "Print the script that lets a shell complete command lines";

    internal override string Details => """
        bash:  fastrun completion bash > /etc/bash_completion.d/fastrun
        zsh:   fastrun completion zsh > /usr/local/share/zsh/site-functions/_fastrun
        fish:  fastrun completion fish > /etc/fish/completions/fastrun.fish
        """;

    internal override int LeastOperands => 1;

    internal override int MostOperands => 1;

    internal override Option[] BuildOptions() => [];

    internal override int Run(CommandContext context, List<string> operands)
    {
        context.Output.Write(operands[0] switch
        {
            "bash" => CompletionScripts.Bash,
            "zsh" => CompletionScripts.Zsh,
            "fish" => CompletionScripts.Fish,
            _ => throw new UsageException($"unknown shell: {operands[0]}: it must be bash, zsh or fish"),
        });
        return 0;
    }
}
