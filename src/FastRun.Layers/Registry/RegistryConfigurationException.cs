using System;

namespace FastRun.Layers.Registry;

/// <summary>A configuration file, a certificate or a proxy variable cannot be used. The message is one line that names it.</summary>
public sealed class RegistryConfigurationException(string message, Exception? inner = null) : Exception(message, inner);
