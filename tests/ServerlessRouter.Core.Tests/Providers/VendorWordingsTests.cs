using System.Text;
using ServerlessRouter.Chat;
using ServerlessRouter.Errors;
using ServerlessRouter.Providers.Failures;
using ServerlessRouter.Testing.VendorErrors;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.Core.Tests.Providers;

public sealed class VendorWordingsTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static TheoryData<int> Examples => [.. Enumerable.Range(0, VendorErrorExamples.All.Count)];

    [Theory, MemberData(nameof(Examples))]
    public void Classify_VendorsOwnWords_IsWhatTheyMean(int number)
    {
        var example = VendorErrorExamples.All[number];

        Assert.True(example.Means == KindOf(example), $"{example}\nis taken for {KindOf(example)}");
    }

    [Fact]
    public void All_EachWording_DecidesAnExample()
    {
        var deciding = VendorErrorExamples.All.Select(Deciding).ToHashSet();

        var idle = VendorWordings.All.Where(wording => !deciding.Contains(wording)).Select(wording => $"{wording.Means} {wording.Place} {wording.Words}").ToArray();
        Assert.True(idle.Length == 0, string.Join('\n', idle));
    }

    [Fact]
    public void All_NoWording_StandsTwice() =>
        Assert.Empty(VendorWordings.All.GroupBy(wording => (wording.Place, wording.Words.ToUpperInvariant())).Where(group => group.Count() > 1).Select(group => group.Key.Item2));

    [Theory]
    [InlineData("the model `x` does not exist", true)]
    [InlineData("Model X.Y-2 does NOT exist.", true)]
    [InlineData("This model is fine. The tool does not exist", false)]
    [InlineData("does not exist, model", false)]
    [InlineData("model", false)]
    public void IsIn_Star_StaysInsideASentence(string text, bool expected) =>
        Assert.Equal(expected, new VendorWording(FailureKind.DeploymentNotFound, WordingPlace.Text, "model*does not exist", "").IsIn(text));

    [Theory]
    [InlineData("Invalid value: 'API key not valid'. Supported values are: 'system', 'user'.", "API key not valid")]
    [InlineData("Invalid value: 'The model `x` does not exist'.", "The model `x` does not exist")]
    [InlineData("[{'type': 'string_type', 'input': {'role': 'user', 'content': 'Insufficient balance'}}]", "Insufficient balance")]
    [InlineData("Unknown role 'rate limit'", "rate limit")]
    public void OfStatus_VendorRepeatsTheCallersWords_NoDeploymentIsTakenOut(string message, string written)
    {
        using var request = ScannedRequest.Of(ChatBodies.Plain(written));
        var body = Encoding.UTF8.GetBytes(VendorErrorExample.Of(FailureKind.RequestRejected, "x", 400, message).Body);

        Assert.Equal(FailureKind.RequestRejected, OfStatus(400, body, request).Kind);
        using var other = ScannedRequest.Of(ChatBodies.Plain("Hi"));
        if (message.StartsWith("Invalid", StringComparison.Ordinal))
            Assert.NotEqual(FailureKind.RequestRejected, OfStatus(400, body, other).Kind);
    }

    [Fact]
    public void OfStatus_JsonInsideASentence_IsNoError()
    {
        var body = Encoding.UTF8.GetBytes("""{"error":{"message":"Invalid schema for function 'f': {\"error\":{\"code\":\"invalid_api_key\"}}","type":"invalid_request_error","param":null,"code":null}}""");

        Assert.Equal(FailureKind.RequestRejected, OfStatus(400, body, null).Kind);
    }

    private static FailureKind KindOf(VendorErrorExample example)
    {
        var body = Encoding.UTF8.GetBytes(example.Body);
        return example.Status == 200 ? UpstreamFailures.OfBodyInside(body, "").Kind : OfStatus(example.Status, body, null).Kind;
    }

    private static VendorWording? Deciding(VendorErrorExample example) =>
        VendorWordings.Find(example.Status == 200 ? 0 : example.Status, VendorError.Read(Encoding.UTF8.GetBytes(example.Body)), null);

    private static AttemptFailure OfStatus(int status, byte[] body, ChatRequest? asked)
    {
        using var response = new HttpResponseMessage();
        return UpstreamFailures.OfStatus(status, response.Headers, body, null, Now, asked);
    }
}
