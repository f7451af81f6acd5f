using FastRun.Engine.Build.Calls;
using FastRun.Engine.Errors;

namespace FastRun.Engine.Tests.Build.Calls;

public sealed class BuildCallSyntaxTests
{
    [Theory]
    [InlineData("build", BuildCall.Build, false, false)]
    [InlineData("check", BuildCall.Check, false, false)]
    [InlineData("lint,format=json", BuildCall.Check, true, false)]
    [InlineData("ignorestatus=true,check", BuildCall.Check, false, true)]
    [InlineData("outline,format=text,ignorestatus=0", BuildCall.Outline, false, false)]
    [InlineData("targets,format=json", BuildCall.Targets, true, false)]
    public void Parse_WhatIsAsked_IsRead(string text, BuildCall call, bool json, bool ignores) =>
        Assert.Equal(new BuildCallSyntax(call, json, ignores), BuildCallSyntax.Parse(text));

    [Theory]
    [InlineData("", "unsupported request : it is build, check, outline or targets")]
    [InlineData("wrong", "unsupported request wrong: it is build, check, outline or targets")]
    [InlineData("check,form=xml", "invalid print field: form=xml")]
    [InlineData("check,format=xml", "invalid print field: format=xml")]
    [InlineData("check,outline", "invalid print value: check,outline")]
    [InlineData("format=json", "invalid print value: format=json")]
    public void Parse_WhatThereIsNot_IsRefused(string text, string message) =>
        Assert.Equal(message, Assert.Throws<EngineException>(() => BuildCallSyntax.Parse(text)).Message);
}
