using System;
using System.Collections.Generic;
using FastRun.Engine.Build.Dockerfile;
using FastRun.Engine.Build.Dockerfile.Instructions;
using FastRun.Engine.Errors;
using FastRun.Layers.Oci;

namespace FastRun.Engine.Images;

/// <summary>
/// Instructions of a Dockerfile that change how an image runs (<c>commit --change</c>, <c>import --change</c>): those that Docker
/// allows there.
/// </summary>
public static class ImageChanges
{
    /// <summary>Applies them in their order.</summary>
    /// <param name="config">What is changed.</param>
    /// <param name="changes">The instructions, any number of lines each.</param>
    /// <exception cref="EngineException">One is wrong, or none that can stand here.</exception>
    public static ContainerConfig Apply(ContainerConfig config, IReadOnlyList<string> changes)
    {
        ArgumentNullException.ThrowIfNull(changes);
        ConfigChanges state = new(config);
        try
        {
            foreach (Instruction instruction in DockerfileParser.ParseInstructions(string.Join('\n', changes)))
            {
                if (instruction is ShellInstruction || !state.Apply(instruction, new Expansion(name => ValueOf(state.Config.Env, name))))
                {
                    throw EngineException.Invalid($"{instruction.Keyword.ToLowerInvariant()} is not a valid change command");
                }
            }
        }
        catch (DockerfileException e)
        {
            throw EngineException.Invalid(e.Message);
        }

        return state.Config;
    }

    private static string? ValueOf(IReadOnlyList<string>? environment, string name)
    {
        foreach (string variable in environment ?? [])
        {
            if (variable.Length > name.Length && variable[name.Length] == '=' && variable.StartsWith(name, StringComparison.Ordinal))
            {
                return variable[(name.Length + 1)..];
            }
        }

        return null;
    }
}
