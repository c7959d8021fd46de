using ServerlessRouter.Classification.Answers;
using ServerlessRouter.Classification.Features;
using ServerlessRouter.Training.Rows;

namespace ServerlessRouter.Training.Learning;

/// <summary>Learns an answer model by ridge logistic regression on standardised features; deterministic, for hundreds of rows and more.</summary>
internal static class AnswerTrainer
{
    private const int Rounds = 300;
    private const double Pace = 0.3;
    private const int Folds = 5;
    private const ulong Seed = 5;

    /// <summary>Pull towards zero on the features of the prompt's shape, of which there are many and which say less: as strong as this many rows, so that it fades with more of them.</summary>
    private const double ShapeRidgeRows = 360;
    private const double AnswerRidgeRows = 36;

    public static AnswerTraining Train(IReadOnlyList<AnswerExample> examples, TextWriter progress)
    {
        var rows = examples.Select(Inputs).ToArray();
        var truth = examples.Select(example => example.IsCorrect).ToArray();
        progress.WriteLine($"{rows.Length} rows; holding out a fifth");
        var foldOf = Rows.Folds.ByLot(rows.Length, Folds, Seed);
        var training = Enumerable.Range(0, rows.Length).Where(row => foldOf[row] != 0).ToArray();
        var asked = Enumerable.Range(0, rows.Length).Where(row => foldOf[row] == 0).ToArray();
        var without = new AnswerModel(Fit(Array.ConvertAll(training, row => rows[row]), Array.ConvertAll(training, row => truth[row])));
        var heldOut = new AnswerFold(
            Array.ConvertAll(asked, row => examples[row]), Array.ConvertAll(asked, row => without.Acceptable(examples[row].Prompt, examples[row].Response)));
        progress.WriteLine("learning from all rows");
        return new AnswerTraining(new AnswerModel(Fit(rows, truth)), heldOut);
    }

    private static float[] Inputs(AnswerExample example)
    {
        var inputs = new float[AnswerModel.Inputs];
        AnswerModel.Read(example.Prompt, example.Response, inputs);
        return inputs;
    }

    private static float[] Fit(float[][] rows, bool[] truth)
    {
        var inputs = AnswerModel.Inputs;
        var mean = new double[inputs];
        var spread = new double[inputs];
        for (var input = 0; input < inputs - 1; input++)
        {
            mean[input] = rows.Sum(row => (double)row[input]) / rows.Length;
            spread[input] = Math.Sqrt(rows.Sum(row => (row[input] - mean[input]) * (row[input] - mean[input])) / rows.Length);
        }

        spread[^1] = 1;
        var standard = rows.Select(row => row.Select((value, input) => spread[input] < 1e-6 ? 0 : (value - mean[input]) / spread[input]).ToArray()).ToArray();
        var weights = Descend(standard, truth);

        // Weights for the raw features: the mean moves into the bias.
        var raw = new float[inputs];
        var bias = weights[^1];
        for (var input = 0; input < inputs - 1; input++)
        {
            if (spread[input] < 1e-6)
                continue;
            raw[input] = (float)(weights[input] / spread[input]);
            bias -= weights[input] / spread[input] * mean[input];
        }

        raw[^1] = (float)bias;
        return raw;
    }

    private static double[] Descend(double[][] rows, bool[] truth)
    {
        var weights = new double[AnswerModel.Inputs];
        var squares = Enumerable.Repeat(1e-9, weights.Length).ToArray();
        var slope = new double[weights.Length];
        for (var round = 0; round < Rounds; round++)
        {
            for (var input = 0; input < slope.Length - 1; input++)
                slope[input] = weights[input] * (input < AnswerFeatures.Count ? AnswerRidgeRows : ShapeRidgeRows) / rows.Length;
            slope[^1] = 0;
            for (var row = 0; row < rows.Length; row++)
            {
                var sum = 0.0;
                for (var input = 0; input < weights.Length; input++)
                    sum += weights[input] * rows[row][input];
                var error = (PortableMath.Sigmoid(sum) - (truth[row] ? 1 : 0)) / rows.Length;
                for (var input = 0; input < weights.Length; input++)
                    slope[input] += error * rows[row][input];
            }

            for (var input = 0; input < weights.Length; input++)
                weights[input] -= Pace * slope[input] / Math.Sqrt(squares[input] += slope[input] * slope[input]);
        }

        return weights;
    }
}

/// <summary>An answer model, and what a model like it said of answers it had not seen.</summary>
internal sealed record AnswerTraining(AnswerModel Model, AnswerFold HeldOut);
