using System.Collections.Generic;
using FastRun.Engine.Build;
using FastRun.Engine.Errors;

namespace FastRun.Engine.Tests.Build;

public sealed class AnnotationSyntaxTests
{
    [Theory]
    [InlineData("a=b", "a", "b")]
    [InlineData("a=", "a", "")]
    [InlineData("a=b=c", "a", "b=c")]
    [InlineData("manifest:a=b", "a", "b")]
    [InlineData("manifest[linux/amd64]:a=b", "a", "b")]
    [InlineData("manifest,manifest:a=b", "a", "b")]
    [InlineData("org.example:a=b", "org.example:a", "b")]
    [InlineData("other,manifest:a=b", "other,manifest:a", "b")]
    public void Parse_TheManifestIsAnnotated(string text, string key, string value)
    {
        Dictionary<string, string> annotations = [];
        AnnotationSyntax.Parse(text, annotations);
        Assert.Equal([new(key, value)], annotations);
    }

    [Theory]
    [InlineData("", ErrorKind.InvalidArgument)]
    [InlineData("a", ErrorKind.InvalidArgument)]
    [InlineData("=b", ErrorKind.InvalidArgument)]
    [InlineData("manifest:=b", ErrorKind.InvalidArgument)]
    [InlineData("index:a=b", ErrorKind.Unsupported)]
    [InlineData("index,manifest:a=b", ErrorKind.Unsupported)]
    [InlineData("manifest-descriptor:a=b", ErrorKind.Unsupported)]
    [InlineData("manifest-descriptor[linux/amd64]:a=b", ErrorKind.Unsupported)]
    public void Parse_WhatIsNone_Fails(string text, ErrorKind kind) =>
        Assert.Equal(kind, Assert.Throws<EngineException>(() => AnnotationSyntax.Parse(text, new Dictionary<string, string>())).Kind);
}
