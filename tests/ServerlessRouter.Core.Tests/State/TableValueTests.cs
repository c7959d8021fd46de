using ServerlessRouter.State;
using Xunit;

namespace ServerlessRouter.Core.Tests.State;

public sealed class TableValueTests
{
    [Fact]
    public void As_AnotherType_SaysWhatItHolds()
    {
        TableValue value = 5;

        var bug = Assert.Throws<InvalidOperationException>(() => value.AsInt64());

        Assert.Contains("holds Int32, not Int64", bug.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void From_Bytes_IsUntouchedByLaterChangesToTheArray()
    {
        byte[] bytes = [1, 2];
        TableValue value = bytes;

        bytes[0] = 9;

        Assert.Equal(new byte[] { 1, 2 }, value.AsBinary().ToArray());
    }

    [Fact]
    public void From_Time_IsTheSameInstantInUtc()
    {
        TableValue value = new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.FromHours(3));

        Assert.Equal(TimeSpan.Zero, value.AsDateTime().Offset);
        Assert.Equal(9, value.AsDateTime().Hour);
    }
}
