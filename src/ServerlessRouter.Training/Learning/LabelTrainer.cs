using System.Globalization;
using ServerlessRouter.Classification.Features;
using ServerlessRouter.Classification.Models;
using ServerlessRouter.Training.Rows;

namespace ServerlessRouter.Training.Learning;

/// <summary>Learns a label model: settings by the shape of the data, temperature and abstention from rows held out inside.</summary>
internal static class LabelTrainer
{
    private const int Folds = 5;
    private const int ManyLabels = 20;
    private const int FewOutOfScope = 100;
    private const int FewRowsPerLabel = 50;

    /// <summary>Candidates for the temperature, a factor of about a twelfth apart.</summary>
    private static readonly float[] Temperatures = Enumerable.Range(0, 40).Select(step => 0.2f * MathF.Pow(1.08f, step)).ToArray();

    public static LabelTraining Train(IReadOnlyList<LabelExample> examples, TextWriter progress)
    {
        var labels = examples.Select(example => example.Label).Distinct().Order(StringComparer.Ordinal).ToArray();
        return Train(examples, labels, SettingsFor(examples, labels.Length), progress);
    }

    private static LabelTraining Train(IReadOnlyList<LabelExample> examples, string[] labels, LearningSettings settings, TextWriter progress)
    {
        var texts = examples.Select(example => Extract(example.Text, settings.Groups)).ToArray();
        var truth = examples.Select(example => Array.IndexOf(labels, example.Label)).ToArray();

        var outOfScope = Array.IndexOf(labels, LabelModel.OutOfScope);
        var parts = PartsHeldOut(truth, outOfScope);
        progress.WriteLine($"{texts.Length} rows, {labels.Length} labels; holding out {parts} of {Folds} parts");
        var foldOf = Rows.Folds.ByLot(texts.Length, Folds, settings.Seed);
        var heldOut = new List<HeldOutRow>[parts];
        // Every part has luck of its own, so the order in which they end changes nothing.
        Parallel.For(0, parts, part => heldOut[part] = HeldOut(texts, truth, labels, settings, foldOf, part));
        var rows = heldOut.SelectMany(part => part).ToList();
        var temperature = BestTemperature(rows);
        var calibrated = rows.ConvertAll(row => row.At(temperature));
        var threshold = Abstention(calibrated, outOfScope);
        progress.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"held out: {100.0 * calibrated.Count(row => row.IsRight) / calibrated.Count:0.0} % right (higher is better), confidence calibrated with temperature {temperature:0.00}, abstains below {threshold:0.00}; learning from all rows"));
        var model = new LabelModel(Fit(texts, truth, labels, settings), labels, temperature, threshold);
        var answers = calibrated.ConvertAll(row => row.Best == outOfScope || outOfScope >= 0 && row.Confidence < threshold ? LabelModel.OutOfScope : labels[row.Best]);
        return new LabelTraining(model, HeldOutFolds(examples, foldOf, parts, answers));
    }

    /// <summary>A fifth of the rows says enough of the temperature; where to draw the line to what is out of scope, a fifth of the few such rows does not.</summary>
    private static int PartsHeldOut(int[] truth, int outOfScope) =>
        outOfScope >= 0 && truth.Count(label => label == outOfScope) < FewOutOfScope * Folds ? Folds : 1;

    private static List<LabelFold> HeldOutFolds(IReadOnlyList<LabelExample> examples, int[] foldOf, int parts, List<string> answers)
    {
        var folds = new List<LabelFold>();
        var place = 0;
        for (var part = 0; part < parts; part++)
        {
            var test = examples.Where((_, row) => foldOf[row] == part).ToList();
            folds.Add(new LabelFold(examples.Where((_, row) => foldOf[row] != part).ToList(), test, answers.GetRange(place, test.Count)));
            place += test.Count;
        }

        return folds;
    }

    private static LearningSettings SettingsFor(IReadOnlyList<LabelExample> examples, int labels)
    {
        var rowsPerLabel = examples.Count / labels;
        var few = rowsPerLabel < FewRowsPerLabel;
        var outOfScope = examples.Any(example => example.Label == LabelModel.OutOfScope);
        return labels >= ManyLabels || few
            ? new LearningSettings
            {
                Groups = FeatureGroups.Words | FeatureGroups.Pairs | FeatureGroups.Grams | FeatureGroups.AnyScript
                    | (few ? FeatureGroups.MoreGrams | FeatureGroups.Skips : FeatureGroups.None),
                // With few examples each label against all others learns more than all of them sharing one probability.
                Loss = few ? LinearLoss.Independent : LinearLoss.OneOf,
                // What is out of scope is told by doubt; where nothing is, doubt costs accuracy.
                Smoothing = outOfScope ? 0.2f : 0,
                // The same holds for words that tell much: they leave little doubt.
                InformationShare = outOfScope ? 0 : 0.7f,
                Epochs = 30,
                Rate = 0.2f,
                MinimumCount = few ? 1 : 2,
                HandcraftedScale = 0.05f,
                Dropout = 0.5f,
            }
            : new LearningSettings
            {
                Groups = FeatureGroups.Words | FeatureGroups.Pairs | FeatureGroups.Ends | FeatureGroups.Skips,
                InformationShare = outOfScope ? 0 : 0.7f,
                Epochs = 15,
                AveragedEpochs = 5,
                Rate = 0.6f,
                Dropout = 0.4f,
                // What the shape of one source says of its label does not hold for the next.
                HandcraftedScale = 0.025f,
            };
    }

    public static TrainingText Extract(ReadOnlySpan<byte> text, FeatureGroups groups)
    {
        var buffer = FeatureBuffer.OfThread;
        FeatureExtractor.Extract(text, groups, buffer);
        return new TrainingText(buffer.Hashes.ToArray(), buffer.Handcrafted.ToArray());
    }

    private static LinearModel Fit(TrainingText[] texts, int[] truth, string[] labels, LearningSettings settings)
    {
        var targets = new float[texts.Length * labels.Length];
        for (var row = 0; row < texts.Length; row++)
            targets[row * labels.Length + truth[row]] = 1;
        return LinearTrainer.Train(texts, targets, labels.Length, settings, TaskRules.BeliefsAbout(labels));
    }

    private static List<HeldOutRow> HeldOut(TrainingText[] texts, int[] truth, string[] labels, LearningSettings settings, int[] foldOf, int part)
    {
        var training = Enumerable.Range(0, texts.Length).Where(row => foldOf[row] != part).ToArray();
        var model = Fit(Array.ConvertAll(training, row => texts[row]), Array.ConvertAll(training, row => truth[row]), labels, settings);
        var rows = new List<HeldOutRow>();
        var buffer = new FeatureBuffer();
        foreach (var row in Enumerable.Range(0, texts.Length).Where(row => foldOf[row] == part))
        {
            var scores = new float[model.Stride];
            buffer.Load(texts[row].Hashes, texts[row].Handcrafted);
            model.Score(buffer, scores);
            rows.Add(new HeldOutRow(scores[..labels.Length], truth[row]));
        }

        return rows;
    }

    private static float BestTemperature(IReadOnlyList<HeldOutRow> rows) =>
        Temperatures.MinBy(temperature => rows.Sum(row => row.LossAt(temperature)));

    /// <summary>The confidence under which abstaining finds more that is out of scope than it loses of what is right.</summary>
    private static float Abstention(List<CalibratedRow> rows, int outOfScope)
    {
        if (outOfScope < 0)
            return 0.4f;
        var inScope = rows.Count(row => row.Truth != outOfScope);
        var outside = Math.Max(1, rows.Count - inScope);
        var best = (Threshold: 0f, Value: double.NegativeInfinity);
        for (var step = 0; step < 80; step++)
        {
            var threshold = step / 100f;
            var right = rows.Count(row => row.Truth != outOfScope && row.IsRight && row.Confidence >= threshold) / (double)inScope;
            var found = rows.Count(row => row.Truth == outOfScope && (row.Best == outOfScope || row.Confidence < threshold)) / (double)outside;
            var value = right + OutOfScopeWorth * found;
            if (value > best.Value)
                best = (threshold, value);
        }

        return best.Threshold;
    }

    /// <summary>What finding all that is out of scope is worth, in accuracy on what is in scope: on CLINC150's training rows this gives up 0.6 points to find three quarters.</summary>
    private const double OutOfScopeWorth = 0.045;
}

/// <summary>A label model, and what models like it said of rows they had not seen.</summary>
internal sealed record LabelTraining(LabelModel Model, IReadOnlyList<LabelFold> HeldOut);
