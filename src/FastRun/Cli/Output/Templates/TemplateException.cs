using System;

namespace FastRun.Cli.Output.Templates;

/// <summary>A template cannot be parsed or does not fit the data; the message is Go's, for its users know it.</summary>
internal sealed class TemplateException(string message) : Exception(message);
