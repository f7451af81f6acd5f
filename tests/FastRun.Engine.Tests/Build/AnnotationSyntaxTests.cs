using System.Collections.Generic;
using System.Linq;
using FastRun.Engine.Build;
using FastRun.Engine.Errors;
using FastRun.Engine.Images;

namespace FastRun.Engine.Tests.Build;

public sealed class AnnotationSyntaxTests
{
    [Theory]
    [InlineData("a=b", "Manifest a b")]
    [InlineData("a=", "Manifest a ")]
    [InlineData("a=b=c", "Manifest a b=c")]
    [InlineData("manifest:a=b", "Manifest a b")]
    [InlineData("manifest[linux/amd64]:a=b", "Manifest[linux/amd64] a b")]
    [InlineData("org.example:a=b", "Manifest org.example:a b")]
    [InlineData("other,manifest:a=b", "Manifest other,manifest:a b")]
    [InlineData("index:a=b", "Index a b")]
    [InlineData("index,manifest:a=b", "Index a b; Manifest a b")]
    [InlineData("manifest-descriptor[linux/arm64/v8]:a=b", "ManifestDescriptor[linux/arm64] a b")]
    [InlineData("index-descriptor:a=b", "IndexDescriptor a b")]
    [InlineData("manifest[linux/amd64:a=b", "Manifest manifest[linux/amd64:a b")]
    public void Parse_APrefix_SaysWhatIsAnnotated(string text, string expected)
    {
        List<ImageAnnotation> annotations = [];
        AnnotationSyntax.Parse(text, annotations);
        Assert.Equal(expected, Text(annotations));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("=b")]
    [InlineData("manifest:=b")]
    [InlineData("index[linux/amd64]:a=b")]
    [InlineData("manifest[linux//]:a=b")]
    public void Parse_WhatIsNone_Fails(string text) =>
        Assert.Equal(ErrorKind.InvalidArgument, Assert.Throws<EngineException>(() => AnnotationSyntax.Parse(text, new List<ImageAnnotation>())).Kind);

    [Theory]
    [InlineData("annotation.a", "Manifest a v")]
    [InlineData("annotation.a.b", "Manifest a.b v")]
    [InlineData("annotation-index.a", "Index a v")]
    [InlineData("annotation-manifest[linux/amd64].a", "Manifest[linux/amd64] a v")]
    [InlineData("annotation-manifest-descriptor.a", "ManifestDescriptor a v")]
    [InlineData("annotation-index-descriptor.a", "IndexDescriptor a v")]
    [InlineData("annotation-other.a", null)]
    [InlineData("annotation.", null)]
    [InlineData("annotationmanifest.a", null)]
    [InlineData("annotations", null)]
    [InlineData("name", null)]
    public void TryParseOption_BuildxsOptions_AreKnown(string name, string? expected)
    {
        List<ImageAnnotation> annotations = [];
        Assert.Equal(expected is not null, AnnotationSyntax.TryParseOption(name, "v", annotations));
        Assert.Equal(expected ?? "", Text(annotations));
    }

    private static string Text(List<ImageAnnotation> annotations) => string.Join(
        "; ", annotations.Select(static each => $"{each.Part}{(each.Platform is null ? "" : $"[{each.Platform}]")} {each.Key} {each.Value}"));
}
