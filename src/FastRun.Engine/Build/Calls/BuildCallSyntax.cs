using System;
using FastRun.Engine.Errors;

namespace FastRun.Engine.Build.Calls;

/// <summary>The value of <c>--call</c>: <c>NAME[,format=json][,ignorestatus=true]</c>.</summary>
/// <param name="Call">What is asked.</param>
/// <param name="IsJson">Whether the answer is to be JSON.</param>
/// <param name="IgnoresStatus">Whether warnings make no failure.</param>
public sealed record BuildCallSyntax(BuildCall Call, bool IsJson, bool IgnoresStatus)
{
    /// <summary>Parses it.</summary>
    /// <exception cref="EngineException">It is none.</exception>
    public static BuildCallSyntax Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        BuildCall? call = null;
        (bool json, bool ignores) = (false, false);
        foreach (string field in text.Split(','))
        {
            switch (field)
            {
                case "format=json":
                    json = true;
                    break;
                case "format=text" or "format=":
                    json = false;
                    break;
                case "ignorestatus=true" or "ignorestatus=1":
                    ignores = true;
                    break;
                case "ignorestatus=false" or "ignorestatus=0":
                    ignores = false;
                    break;
                case var _ when field.Contains('=', StringComparison.Ordinal):
                    throw EngineException.Invalid($"invalid print field: {field}");
                case var _ when call is not null:
                    throw EngineException.Invalid($"invalid print value: {text}");
                default:
                    call = ByName(field) ?? throw EngineException.Invalid($"unsupported request {field}: it is build, check, outline or targets");
                    break;
            }
        }

        return new BuildCallSyntax(call ?? throw EngineException.Invalid($"invalid print value: {text}"), json, ignores);
    }

    private static BuildCall? ByName(string name) => name switch
    {
        "build" => BuildCall.Build,
        "check" or "lint" => BuildCall.Check,
        "outline" => BuildCall.Outline,
        "targets" => BuildCall.Targets,
        _ => null,
    };
}
