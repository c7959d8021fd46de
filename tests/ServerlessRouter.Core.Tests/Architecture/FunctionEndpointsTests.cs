using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing.Template;
using ServerlessRouter.Http;
using Xunit;

namespace ServerlessRouter.Core.Tests.Architecture;

/// <summary>The function app serves what <see cref="RouterEndpoints"/> lists. It is read as text, because it does not build where its packages cannot be had.</summary>
public sealed partial class FunctionEndpointsTests
{
    private static readonly FunctionSource[] Functions = FunctionSource.ReadAll();

    [Fact]
    public void Functions_ServeEveryEndpointAndNothingElse()
    {
        var listed = EndpointTable.Create().All.Select(static endpoint => $"{endpoint.Name} {endpoint.Pattern} {string.Join(',', endpoint.Methods.Order(StringComparer.Ordinal))}");
        var served = Functions.Select(static function => $"{function.Name} {function.Pattern} {function.Methods}");

        Assert.Equal(listed.Order(), served.Order());
    }

    [Fact]
    public void Functions_HaveNamesOfTheirOwn() =>
        Assert.Equal(Functions.Length, Functions.DistinctBy(static function => function.Name.ToUpperInvariant()).Count());

    /// <summary>The Functions host keeps these beginnings to itself and refuses to load such a function.</summary>
    [Fact]
    public void Patterns_AreNoneOfTheHostsOwn() =>
        Assert.DoesNotContain(Functions, static function => function.Pattern.StartsWith("admin", StringComparison.OrdinalIgnoreCase) || function.Pattern.StartsWith("runtime", StringComparison.OrdinalIgnoreCase));

    /// <summary>The host sorts functions by name and takes the first whose pattern matches; it knows no precedence.</summary>
    [Fact]
    public void Functions_InOrderOfNames_NoneHidesAnother()
    {
        var ordered = Functions.OrderBy(static function => function.Name, StringComparer.OrdinalIgnoreCase).ToList();

        var hidden = ordered.SelectMany((function, place) => ordered.Take(place)
            .Where(earlier => earlier.Pattern != function.Pattern && Matches(earlier.Pattern, SampleOf(function.Pattern)) && Overlap(earlier, function))
            .Select(earlier => $"{earlier.Name} hides {function.Name}"));

        Assert.Empty(hidden);
    }

    [Fact]
    public void Functions_EndWithOneForEveryOtherRequest()
    {
        var unlisted = EndpointTable.Create().Unlisted;

        Assert.Equal(("", unlisted.Pattern), Functions.OrderBy(static function => function.Name, StringComparer.OrdinalIgnoreCase).Select(static function => (function.Methods, function.Pattern)).Last());
    }

    private static bool Overlap(FunctionSource one, FunctionSource other) => one.Methods.Length == 0 || one.Methods.Split(',').Intersect(other.Methods.Split(',')).Any();

    private static bool Matches(string pattern, string path) => new TemplateMatcher(TemplateParser.Parse(pattern), []).TryMatch(path, []);

    private static string SampleOf(string pattern) => "/" + PlaceInPattern().Replace(pattern, "x");

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex PlaceInPattern();
}
