using System;

namespace FastRun.VirtualMachine.Tests.Harness;

/// <summary>This machine lacks something that virtual machines need: their tests are skipped, with this reason.</summary>
public sealed class UnavailableException(string reason) : Exception(reason);
