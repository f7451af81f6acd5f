using System;

namespace FastRun.Fuzz;

/// <summary>An input did something that no input may do.</summary>
internal sealed class FuzzFailureException(string message) : Exception(message);
