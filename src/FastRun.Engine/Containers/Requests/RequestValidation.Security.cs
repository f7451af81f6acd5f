using System;
using System.Collections.Generic;
using FastRun.Engine.Errors;

namespace FastRun.Engine.Containers.Requests;

public static partial class RequestValidation
{
    /// <summary>Only what a namespace of the container's own holds may be set; anything else would change the host.</summary>
    private static void CheckSysctls(ContainerCreateRequest request)
    {
        foreach ((string name, string value) in request.Sysctls)
        {
            bool namespaced = name is "kernel.msgmax" or "kernel.msgmnb" or "kernel.msgmni" or "kernel.sem" or "kernel.shmall"
                or "kernel.shmmax" or "kernel.shmmni" or "kernel.shm_rmid_forced"
                || HasKey(name, "fs.mqueue.") || HasKey(name, "net.");
            if (!namespaced)
            {
                throw EngineException.Invalid($"sysctl '{name}' is not allowed");
            }

            if (request.Namespaces.HasHostIpc && !name.StartsWith("net.", StringComparison.Ordinal))
            {
                throw EngineException.Invalid($"sysctl '{name}' not allowed in host ipc namespace");
            }

            if (ContainsControl(value))
            {
                throw EngineException.Invalid($"sysctl '{name}': invalid value");
            }
        }
    }

    /// <summary>Whether the rest of the name is dotted words: no path can be built from it that leaves the prefix.</summary>
    private static bool HasKey(string name, string prefix)
    {
        if (!name.StartsWith(prefix, StringComparison.Ordinal) || name.Contains("..", StringComparison.Ordinal) || name.EndsWith('.'))
        {
            return false;
        }

        foreach (char c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or '.' or '-'))
            {
                return false;
            }
        }

        return true;
    }

    private static void CheckSecurityOptions(IReadOnlyList<string> options)
    {
        foreach (string option in options)
        {
            // Docker still takes the colon that it used before 1.11.
            int separator = option.IndexOfAny(['=', ':']);
            string key = separator < 0 ? option : option[..separator];
            string value = separator < 0 ? "" : option[(separator + 1)..];
            switch (key)
            {
                case "seccomp" when value.Length > 0:
                case "no-new-privileges" when value is "true" or "false" || separator < 0:
                    break;
                case "apparmor" when value == "unconfined":
                case "label" when value == "disable":
                case "systempaths" when value == "unconfined":
                    break;
                case "apparmor" or "label" or "writable-cgroups":
                    throw new EngineException(ErrorKind.Unsupported, $"--security-opt {option}: {key} is not supported yet");
                default:
                    throw EngineException.Invalid($"invalid --security-opt: \"{option}\"");
            }
        }
    }
}
