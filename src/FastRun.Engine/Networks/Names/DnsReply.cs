using System;

namespace FastRun.Engine.Networks.Names;

/// <summary>Takes the response to a query to who sent it.</summary>
internal delegate void DnsReply(ReadOnlySpan<byte> response);
