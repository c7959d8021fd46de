using ServerlessRouter.Recording.Usage;
using ServerlessRouter.Testing.Chance;
using Xunit;

namespace ServerlessRouter.Core.Tests.Recording.Usage;

/// <summary>Quantiles of what was seen, within the stated error, however it was cut into parts.</summary>
public sealed class LogSketchTests
{
    private const int MaxBytes = 2048;

    private static readonly double[] Shares = [0, 0.01, 0.5, 0.9, 0.95, 0.99, 1];

    [Theory, InlineData(1, 1), InlineData(2, 10), InlineData(3, 100), InlineData(4, 1000), InlineData(5, 20_000)]
    public void Quantile_OfRandomValues_LiesWithinTheStatedError(int seed, int count)
    {
        var values = Values(seed, count);

        AssertWithinError(values, Of(values));
    }

    [Theory, InlineData(1), InlineData(2), InlineData(3)]
    public void Add_PartsOfEightInstances_IsTheWhole(int seed)
    {
        var values = Values(seed, 4000);
        var parts = Enumerable.Range(0, 8).Select(part => Of(values.Where((_, place) => place % 8 == part)));

        var sum = new LogSketch();
        foreach (var part in parts)
            sum.Add(part);

        var whole = Of(values);
        Assert.Equal(whole.Count, sum.Count);
        Assert.All(Shares, share => Assert.Equal(whole.Quantile(share), sum.Quantile(share)));
        AssertWithinError(values, sum);
    }

    [Theory, InlineData(1, 0), InlineData(1, 1), InlineData(2, 7), InlineData(3, 5000)]
    public void Page_WrittenAndRead_TellsTheSame(int seed, int count)
    {
        var cell = new UsageCell { Tally = new UsageTally { Requests = count, CostUsd = 0.000_125m } };
        foreach (var value in Values(seed, count))
            cell.OwnTimes().Latency.Add(value);
        var book = new UsageBook();
        book.CellOf(7, new UsageDimensions { Key = "team", Tags = "env=prod\nteam=search", Status = 499 }).Add(cell);

        var read = new UsageBook();
        UsageBytes.Read(UsageBytes.Write(book.Cells), (at, of) => read.CellOf(at, of));

        var ((minute, dimensions), again) = Assert.Single(read.Cells);
        Assert.Equal((7, "team", "search", 499), (minute, dimensions.Key, dimensions.TagOf("team"), dimensions.Status));
        Assert.Equal(cell.Tally, again.Tally);
        Assert.Equal(cell.Times.Latency.Count, again.Times.Latency.Count);
        Assert.All(Shares, share => Assert.Equal(cell.Times.Latency.Quantile(share), again.Times.Latency.Quantile(share)));
    }

    /// <summary>A million of each size there is.</summary>
    [Fact]
    public void Page_OfEverySize_TakesLessThan2KiB()
    {
        var cell = new UsageCell();
        for (var bucket = 0; bucket < LogSketch.Buckets; bucket++)
            cell.OwnTimes().Latency.Add(bucket, 1_000_000);
        var book = new UsageBook();
        book.CellOf(0, default).Add(cell);

        Assert.InRange(UsageBytes.Write(book.Cells).Length, LogSketch.Buckets, MaxBytes);
    }

    [Fact]
    public void Quantile_OfNothing_IsNone() => Assert.Null(new LogSketch().Quantile(0.5));

    [Theory, InlineData(0, 1e-6), InlineData(-1, 1e-6), InlineData(1e9, 1e5), InlineData(double.PositiveInfinity, 1e5)]
    public void Add_WhatIsTooSmallOrTooLarge_CountsAsTheSmallestOrLargest(double value, double expected)
    {
        var sketch = Of([value]);

        Assert.Equal(1, sketch.Count);
        Assert.InRange(sketch.Quantile(0.5)!.Value, expected * 0.8, expected * 1.2);
    }

    /// <summary>From microseconds to minutes, as request times are.</summary>
    private static double[] Values(int seed, int count)
    {
        var luck = new SeededRandomSource(seed);
        return [.. Enumerable.Range(0, count).Select(_ => Math.Pow(10, (luck.NextDouble() * 8) - 5))];
    }

    private static LogSketch Of(IEnumerable<double> values)
    {
        var sketch = new LogSketch();
        foreach (var value in values)
            sketch.Add(value);
        return sketch;
    }

    private static void AssertWithinError(double[] values, LogSketch sketch)
    {
        Array.Sort(values);
        foreach (var share in Shares)
        {
            var exact = values[Math.Max(0, (int)Math.Ceiling(share * values.Length) - 1)];
            Assert.InRange(sketch.Quantile(share)!.Value / exact, 1 - LogSketch.RelativeError - 1e-9, 1 + LogSketch.RelativeError + 1e-9);
        }
    }
}
