using ServerlessRouter.Core.Tests.Configuration;
using ServerlessRouter.Governance;
using ServerlessRouter.Jobs;
using ServerlessRouter.Testing.Models;
using Xunit;

namespace ServerlessRouter.Core.Tests.Jobs;

/// <summary>What is kept of the headers of a request that is answered later.</summary>
public sealed class JobHeadersTests
{
    [Theory]
    [InlineData(20)]
    [InlineData(200)]
    [InlineData(5000)]
    public async Task SessionAndEndUser_HoweverLong_AreCountedUnderTheSameNamesLater(int length)
    {
        var router = await new ConfigurationDraft().Set("server", """{"endUserHeader":"x-user"}""").AcceptAsync();
        var (session, user) = ($"s{new string('1', length)}", $"u{new string('2', length)}");
        var asked = new ListedHeaders(("x-session-id", session), ("X-User", user), ("x-portkey-metadata", new string('3', 513)));

        var later = JobHeaders.Read(JobHeaders.Keep(asked, router));

        Assert.Equal(SubjectNames.Shorten(session), SubjectNames.Shorten(later.Get("x-session-id")!));
        Assert.Equal(SubjectNames.Shorten(user), SubjectNames.Shorten(later.Get("x-user")!));
        Assert.Null(later.Get("x-portkey-metadata"));
    }
}
