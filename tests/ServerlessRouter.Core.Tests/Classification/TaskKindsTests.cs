using ServerlessRouter.Domain;
using Xunit;

namespace ServerlessRouter.Core.Tests.Classification;

public sealed class TaskKindsTests
{
    [Fact]
    public void TryParse_NameOfEachKind_GivesTheKindBack()
    {
        foreach (var kind in Enum.GetValues<TaskKind>())
        {
            Assert.True(TaskKinds.TryParse(kind.ToWireName(), out var parsed));
            Assert.Equal(kind, parsed);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("Code")]
    [InlineData("poetry")]
    public void TryParse_OtherWord_Refuses(string word) => Assert.False(TaskKinds.TryParse(word, out _));
}
