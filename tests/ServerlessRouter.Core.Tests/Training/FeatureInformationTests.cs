using ServerlessRouter.Classification.Models;
using ServerlessRouter.Training.Learning;
using Xunit;

namespace ServerlessRouter.Core.Tests.Training;

public sealed class FeatureInformationTests
{
    private const uint Everywhere = 1;
    private const uint OfOneLabel = 2;
    private const uint Once = 3;
    private const int Labels = 4;

    [Fact]
    public void Of_WhatStandsWithOneLabelAlone_TellsMuchAndMoreTheOftenerItWasSeen()
    {
        var rows = Enumerable.Range(0, 80).Select(row => Row(row % Labels, isFirst: row == 0)).ToList();
        var targets = new float[rows.Count * Labels];
        for (var row = 0; row < rows.Count; row++)
            targets[(row * Labels) + (row % Labels)] = 1;
        uint[] keys = [Everywhere, OfOneLabel, Once];

        var information = FeatureInformation.Of(rows, targets, Labels, new FeatureTable(keys), keys.Length);

        Assert.Equal(0, information[0], 0.001);
        Assert.InRange(information[1], 0.7f, 1);
        Assert.InRange(information[2], 0.01f, information[1] / 2);
    }

    private static TrainingText Row(int label, bool isFirst) => new([Everywhere, .. label == 0 ? (uint[])[OfOneLabel] : [], .. isFirst ? (uint[])[Once] : []], []);
}
