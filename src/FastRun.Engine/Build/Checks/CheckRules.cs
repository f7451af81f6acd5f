namespace FastRun.Engine.Build.Checks;

/// <summary>
/// The rules of Docker's build checks (docs.docker.com/reference/build-checks; BuildKit, frontend/dockerfile/linter), but for
/// <c>InvalidBaseImagePlatform</c>: an image of another platform than the one that is asked for is not taken.
/// </summary>
internal static class CheckRules
{
    internal static readonly CheckRule StageNameCasing = new(
        "StageNameCasing", "stage-name-casing", "Stage names should be lowercase");

    internal static readonly CheckRule FromAsCasing = new(
        "FromAsCasing", "from-as-casing", "The 'as' keyword should match the case of the 'from' keyword");

    internal static readonly CheckRule NoEmptyContinuation = new(
        "NoEmptyContinuation", "no-empty-continuation", "Empty continuation lines will become errors in a future release");

    internal static readonly CheckRule ConsistentInstructionCasing = new(
        "ConsistentInstructionCasing", "consistent-instruction-casing", "All commands within the Dockerfile should use the same casing (either upper or lower)");

    internal static readonly CheckRule DuplicateStageName = new(
        "DuplicateStageName", "duplicate-stage-name", "Stage names should be unique");

    internal static readonly CheckRule ReservedStageName = new(
        "ReservedStageName", "reserved-stage-name", "Reserved words should not be used as stage names");

    internal static readonly CheckRule JsonArgsRecommended = new(
        "JSONArgsRecommended", "json-args-recommended", "JSON arguments recommended for ENTRYPOINT/CMD to prevent unintended behavior related to OS signals");

    internal static readonly CheckRule MaintainerDeprecated = new(
        "MaintainerDeprecated", "maintainer-deprecated", "The MAINTAINER instruction is deprecated, use a label instead to define an image author");

    internal static readonly CheckRule UndefinedArgInFrom = new(
        "UndefinedArgInFrom", "undefined-arg-in-from", "FROM command must use declared ARGs");

    internal static readonly CheckRule WorkdirRelativePath = new(
        "WorkdirRelativePath", "workdir-relative-path", "Relative workdir without an absolute workdir declared within the build can have unexpected results if the base image changes");

    internal static readonly CheckRule UndefinedVar = new(
        "UndefinedVar", "undefined-var", "Variables should be defined before their use");

    internal static readonly CheckRule MultipleInstructionsDisallowed = new(
        "MultipleInstructionsDisallowed", "multiple-instructions-disallowed", "Multiple instructions of the same type should not be used in the same stage");

    internal static readonly CheckRule LegacyKeyValueFormat = new(
        "LegacyKeyValueFormat", "legacy-key-value-format", "Legacy key/value format with whitespace separator should not be used");

    internal static readonly CheckRule RedundantTargetPlatform = new(
        "RedundantTargetPlatform", "redundant-target-platform", "Setting platform to predefined $TARGETPLATFORM in FROM is redundant as this is the default behavior");

    internal static readonly CheckRule SecretsUsedInArgOrEnv = new(
        "SecretsUsedInArgOrEnv", "secrets-used-in-arg-or-env", "Sensitive data should not be used in the ARG or ENV commands");

    internal static readonly CheckRule InvalidDefaultArgInFrom = new(
        "InvalidDefaultArgInFrom", "invalid-default-arg-in-from", "Default value for global ARG results in an empty or invalid base image name");

    internal static readonly CheckRule FromPlatformFlagConstDisallowed = new(
        "FromPlatformFlagConstDisallowed", "from-platform-flag-const-disallowed", "FROM --platform flag should not use a constant value");

    internal static readonly CheckRule CopyIgnoredFile = new(
        "CopyIgnoredFile", "copy-ignored-file", "Attempting to Copy file that is excluded by .dockerignore", isExperimental: true);

    internal static readonly CheckRule InvalidDefinitionDescription = new(
        "InvalidDefinitionDescription",
        "invalid-definition-description",
        "Comment for build stage or argument should follow the format: `# <arg/stage name> <description>`. If this is not intended to be a description comment, add an empty line or comment between the instruction and the comment.",
        isExperimental: true);

    internal static readonly CheckRule ExposeProtoCasing = new(
        "ExposeProtoCasing", "expose-proto-casing", "Protocol in EXPOSE instruction should be lowercase");

    internal static readonly CheckRule ExposeInvalidFormat = new(
        "ExposeInvalidFormat", "expose-invalid-format", "IP address and host-port mapping should not be used in EXPOSE instruction. This will become an error in a future release");
}
