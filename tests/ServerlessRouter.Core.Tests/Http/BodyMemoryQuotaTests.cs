using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;
using ServerlessRouter.Http.Bodies;
using ServerlessRouter.Testing.Models;
using ServerlessRouter.Testing.Time;
using Xunit;

namespace ServerlessRouter.Core.Tests.Http;

public sealed class BodyMemoryQuotaTests
{
    private const int Kibibyte = 1024;
    private const int Mebibyte = 1024 * Kibibyte;

    private readonly ManualTimeProvider _time = new();
    private readonly BodyMemoryQuota _room;

    public BodyMemoryQuotaTests() => _room = new BodyMemoryQuota(new RouterModelSource(new RouterBuilder().Model("mini").Bodies(maxRequestBytes: Mebibyte, maxBodiesBytes: 4 * Mebibyte).Build()), _time);

    [Fact]
    public void TryTake_UpToThreeQuarters_LargeBodiesFit()
    {
        Assert.True(_room.TryTake(Mebibyte));
        Assert.True(_room.TryTake(2 * Mebibyte));
        Assert.False(_room.TryTake(Mebibyte));
        Assert.Equal(3 * Mebibyte, _room.UsedBytes);
    }

    [Fact]
    public async Task TakeAsync_LargeOnesFillTheirPart_SmallOnesPass()
    {
        Assert.True(_room.TryTake(3 * Mebibyte));
        var waiting = _room.TakeAsync(Mebibyte, 0, CancellationToken.None);

        Assert.Null(await _room.TakeAsync(BodyMemoryQuota.SmallBytes, 0, CancellationToken.None));
        Assert.False(waiting.IsCompleted);
        _room.Release(2 * Mebibyte);
        Assert.Null(await waiting);
    }

    [Fact]
    public async Task TakeAsync_RoomComesFree_TheFirstToWaitGetsIt()
    {
        Assert.True(_room.TryTake(3 * Mebibyte));
        var first = _room.TakeAsync(Mebibyte, 0, CancellationToken.None);
        var second = _room.TakeAsync(Mebibyte, 0, CancellationToken.None);

        _room.Release(Mebibyte);

        Assert.Null(await first);
        Assert.False(second.IsCompleted);
        _room.Release(Mebibyte);
        Assert.Null(await second);
        Assert.Equal(3 * Mebibyte, _room.UsedBytes);
    }

    [Fact]
    public async Task TakeAsync_NoRoomInTime_IsRefusedWithATimeToComeBack()
    {
        Assert.True(_room.TryTake(3 * Mebibyte));
        var waiting = _room.TakeAsync(Mebibyte, 0, CancellationToken.None).AsTask();

        await _time.WaitForTimersAsync();
        _time.Advance(BodyMemoryQuota.MaxWait);

        var error = (await waiting)!;
        Assert.Equal(RouterErrorCode.TemporarilyUnavailable, error.Code);
        Assert.Contains("4 MiB", error.Message, StringComparison.Ordinal);
        Assert.Contains("server.maxBodiesMebibytes", error.Message, StringComparison.Ordinal);
        Assert.NotNull(error.RetryAfter);
        _room.Release(3 * Mebibyte);
        Assert.Equal(0, _room.UsedBytes);
    }

    [Fact]
    public async Task TakeAsync_BehindMoreThanTheWholeRoom_IsRefusedAtOnce()
    {
        Assert.True(_room.TryTake(3 * Mebibyte));
        var waiting = Enumerable.Range(0, 3).Select(_ => _room.TakeAsync(Mebibyte, 0, CancellationToken.None).AsTask()).ToArray();

        Assert.NotNull(await _room.TakeAsync(Mebibyte, 0, CancellationToken.None));

        _room.Release(3 * Mebibyte);
        Assert.All(await Task.WhenAll(waiting), Assert.Null);
    }

    [Fact]
    public async Task TakeAsync_CallerLeaves_ThoseBehindItMoveUp()
    {
        Assert.True(_room.TryTake(2 * Mebibyte + Mebibyte / 2));
        using var leaving = new CancellationTokenSource();
        var first = _room.TakeAsync(Mebibyte, 0, leaving.Token).AsTask();
        var second = _room.TakeAsync(Mebibyte / 2, 0, CancellationToken.None);

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.Null(await second);
        Assert.Equal(3 * Mebibyte, _room.UsedBytes);
    }

    [Fact]
    public void TryTake_OneBodyOfTheLargestSize_AlwaysFits()
    {
        var room = new BodyMemoryQuota(new RouterModelSource(new RouterBuilder().Model("mini").Bodies(maxRequestBytes: 3 * Mebibyte, maxBodiesBytes: Mebibyte).Build()), _time);

        Assert.True(room.TryTake(4 * Mebibyte));
        Assert.False(room.TryTake(1));
    }

    [Fact]
    public async Task TakeAndRelease_FromManyThreads_NothingIsLost()
    {
        await Parallel.ForEachAsync(Enumerable.Range(0, 2000), async (turn, cancellationToken) =>
        {
            var bytes = turn % 3 == 0 ? Mebibyte : 20 * Kibibyte;
            if (!_room.TryTake(bytes) && await _room.TakeAsync(bytes, 0, cancellationToken) is not null)
                return;
            await Task.Yield();
            _room.Release(bytes);
        });

        Assert.Equal(0, _room.UsedBytes);
        Assert.True(_room.TryTake(3 * Mebibyte));
    }
}
