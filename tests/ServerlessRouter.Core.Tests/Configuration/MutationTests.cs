using System.Text;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace ServerlessRouter.Core.Tests.Configuration;

/// <summary>Whatever is written, loading answers with a model or with errors.</summary>
public class MutationTests
{
    private static readonly string?[] Replacements =
    [
        null, "null", "0", "-1", "1.5", "1e400", "true", "\"\"", "\"x\"", "\"auto\"", "\"mini\"", "\"env:X\"", "\"sha256:aa\"", "[]", "[null]", "[[1]]", "[\"mini\",\"mini\"]",
        "{}", "{\"x\":null}", "{\"\":{}}", "{\"min\":1,\"max\":0}",
    ];

    [Fact]
    public async Task Load_AnyMemberDroppedOrReplaced_AnswersWithAModelOrErrors()
    {
        var places = Places(JsonNode.Parse(ConfigurationDraft.ValidText)!).Count;
        for (var place = 0; place < places; place++)
        {
            foreach (var replacement in Replacements)
                await AssertAnsweredAsync(Encoding.UTF8.GetBytes(Mutate(ConfigurationDraft.ValidText, place, replacement)));
        }
    }

    [Fact]
    public void Load_SeveralMutations_AnswersWithAModelOrErrors()
    {
        var mutation = Gen.Choose(0, 1000).SelectMany(place => Gen.Choose(0, Replacements.Length - 1).Select(replacement => (place, replacement)));
        Prop.ForAll(mutation.ListOf().ToArbitrary(), mutations =>
        {
            var text = ConfigurationDraft.ValidText;
            foreach (var (place, replacement) in mutations)
                text = Encoding.UTF8.GetBytes(Mutate(text, place, Replacements[replacement]));
            return AssertAnsweredAsync(text);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Load_AnyByteChanged_AnswersWithAModelOrErrors()
    {
        var change = Gen.Choose(0, ConfigurationDraft.ValidText.Length - 1).SelectMany(place => Gen.Choose(0, 255).Select(value => (place, value)));
        Prop.ForAll(change.ToArbitrary(), changed =>
        {
            var text = ConfigurationDraft.ValidText;
            text[changed.place] = (byte)changed.value;
            return AssertAnsweredAsync(text);
        }).QuickCheckThrowOnFailure();
    }

    private static async Task AssertAnsweredAsync(byte[] text)
    {
        var result = await ConfigurationDraft.Loader().LoadAsync(text);

        Assert.Equal(result.Model is null, !result.Errors.IsEmpty);
        Assert.All(result.Errors, ConfigurationDraft.AssertNoSecret);
    }

    private static string Mutate(byte[] text, int place, string? replacement)
    {
        var document = JsonNode.Parse(text)!;
        var places = Places(document);
        if (places.Count == 0)
            return document.ToJsonString();
        var (parent, key) = places[place % places.Count];
        var value = replacement is null ? null : JsonNode.Parse(replacement);
        if (parent is JsonArray list && replacement is null)
            list.RemoveAt((int)key);
        else if (parent is JsonArray changedList)
            changedList[(int)key] = value;
        else if (replacement is null)
            parent.AsObject().Remove((string)key);
        else
            parent[(string)key] = value;
        return document.ToJsonString();
    }

    private static List<(JsonNode Parent, object Key)> Places(JsonNode? node) => node switch
    {
        JsonObject map => [.. map.SelectMany(member => Places(member.Value).Prepend((map, member.Key)))],
        JsonArray list => [.. list.SelectMany((item, place) => Places(item).Prepend((list, place)))],
        _ => [],
    };
}
