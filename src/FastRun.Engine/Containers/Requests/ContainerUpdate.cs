using FastRun.Engine.Containers.Syntax;
using FastRun.Native.Cgroups;

namespace FastRun.Engine.Containers.Requests;

/// <summary>What of a container is to be changed (Engine API, ContainerUpdate). What is null stays.</summary>
/// <param name="Limits">The limits.</param>
/// <param name="RestartPolicy">When it is started again.</param>
public sealed record ContainerUpdate(CgroupLimits Limits, RestartPolicy? RestartPolicy);
