using System;
using System.Collections.Generic;

namespace FastRun.Engine.Build.Checks;

/// <summary>The rules of Docker's build checks (docs.docker.com/reference/build-checks), but for the one that needs the base images' manifests.</summary>
internal static class CheckRules
{
    internal const string StageNameCasing = "StageNameCasing";
    internal const string FromAsCasing = "FromAsCasing";
    internal const string NoEmptyContinuation = "NoEmptyContinuation";
    internal const string ConsistentInstructionCasing = "ConsistentInstructionCasing";
    internal const string DuplicateStageName = "DuplicateStageName";
    internal const string ReservedStageName = "ReservedStageName";
    internal const string JsonArgsRecommended = "JSONArgsRecommended";
    internal const string MaintainerDeprecated = "MaintainerDeprecated";
    internal const string UndefinedArgInFrom = "UndefinedArgInFrom";
    internal const string WorkdirRelativePath = "WorkdirRelativePath";
    internal const string UndefinedVar = "UndefinedVar";
    internal const string MultipleInstructionsDisallowed = "MultipleInstructionsDisallowed";
    internal const string LegacyKeyValueFormat = "LegacyKeyValueFormat";
    internal const string RedundantTargetPlatform = "RedundantTargetPlatform";
    internal const string SecretsUsedInArgOrEnv = "SecretsUsedInArgOrEnv";
    internal const string InvalidDefaultArgInFrom = "InvalidDefaultArgInFrom";
    internal const string FromPlatformFlagConstDisallowed = "FromPlatformFlagConstDisallowed";
    internal const string CopyIgnoredFile = "CopyIgnoredFile";
    internal const string InvalidDefinitionDescription = "InvalidDefinitionDescription";
    internal const string ExposeProtoCasing = "ExposeProtoCasing";
    internal const string ExposeInvalidFormat = "ExposeInvalidFormat";

    /// <summary>The pages that explain them, by name.</summary>
    internal static IReadOnlyDictionary<string, string> Pages { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        [StageNameCasing] = "stage-name-casing",
        [FromAsCasing] = "from-as-casing",
        [NoEmptyContinuation] = "no-empty-continuation",
        [ConsistentInstructionCasing] = "consistent-instruction-casing",
        [DuplicateStageName] = "duplicate-stage-name",
        [ReservedStageName] = "reserved-stage-name",
        [JsonArgsRecommended] = "json-args-recommended",
        [MaintainerDeprecated] = "maintainer-deprecated",
        [UndefinedArgInFrom] = "undefined-arg-in-from",
        [WorkdirRelativePath] = "workdir-relative-path",
        [UndefinedVar] = "undefined-var",
        [MultipleInstructionsDisallowed] = "multiple-instructions-disallowed",
        [LegacyKeyValueFormat] = "legacy-key-value-format",
        [RedundantTargetPlatform] = "redundant-target-platform",
        [SecretsUsedInArgOrEnv] = "secrets-used-in-arg-or-env",
        [InvalidDefaultArgInFrom] = "invalid-default-arg-in-from",
        [FromPlatformFlagConstDisallowed] = "from-platform-flag-const-disallowed",
        [CopyIgnoredFile] = "copy-ignored-file",
        [InvalidDefinitionDescription] = "invalid-definition-description",
        [ExposeProtoCasing] = "expose-proto-casing",
        [ExposeInvalidFormat] = "expose-invalid-format",
    };
}
