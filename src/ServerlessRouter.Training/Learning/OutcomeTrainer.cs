using System.Globalization;
using ServerlessRouter.Classification.Features;
using ServerlessRouter.Classification.Models;
using ServerlessRouter.Training.Rows;

namespace ServerlessRouter.Training.Learning;

/// <summary>Learns an outcome model from graded rows.</summary>
/// <remarks>
/// 1. Heads, task model and table are learnt from two thirds and asked about the rest: once with rows left out by lot, once with whole tasks left out.
/// 2. From the first comes the blend of heads and table, from both how far to trust it where the text is familiar and where it is not.
/// 3. The parts are learnt again from all rows.
/// </remarks>
internal static class OutcomeTrainer
{
    private const int Folds = 3;
    private const int FewRows = 600;
    private const ulong Seed = 11;

    /// <summary>Rows of a task that count as much as the mean of all rows.</summary>
    private const float TableShrinkage = 15;

    /// <summary>Share of the means' error by which a prediction may be worse on unseen tasks: it is within the luck of the draw.</summary>
    public const double BearableLoss = 0.005;

    /// <summary>With two models only the order of the texts matters, which a trust that differs from text to text disturbs: a constant 0.15.</summary>
    private static readonly TrustCurve PairTrust = new(-1.7f, 0, 0);

    /// <summary>
    /// Without tasks to leave out nothing shows where trust ends: half where half of the words and pairs are known, little where few are.
    /// </summary>
    public static readonly TrustCurve UntestedTrust = new(-4, 8, 0);

    public static readonly float[] Shares = [0, 0.25f, 0.5f, 0.75f, 1];

    public static OutcomeTraining Train(IReadOnlyList<OutcomeExample> examples, TextWriter progress)
    {
        var rows = OutcomeRows.Of(examples);
        progress.WriteLine($"{rows.Count} rows, {rows.Models.Length} models, {rows.Tasks.Length} tasks; holding out rows, then tasks");
        var byLot = Rows.Folds.ByLot(rows.Count, Folds, Seed);
        var byTask = Rows.Folds.ByGroup(Array.ConvertAll(rows.TaskOf, task => rows.Tasks[task]), Folds);
        var seen = HoldOut(rows, byLot, progress);
        var headsShare = Shares.MinBy(share => seen.Sum(row => row.ErrorOf(row.Familiar(share))));
        var unseen = rows.Tasks.Length >= Folds ? HoldOut(rows, byTask, progress) : [];
        var cautiousShare = CautiousShare(unseen.Count > 0 ? unseen : seen);
        var trust = rows.Models.Length == 2 ? PairTrust : unseen.Count > 0 ? TrustFitter.Fit(seen, unseen, headsShare, cautiousShare) : UntestedTrust;
        var calibrated = unseen.Count > 0 ? TrustFitter.NeverWorse(TrustFitter.Fit(seen, unseen, headsShare, cautiousShare: 0), unseen, headsShare) : UntestedTrust;
        List<HeldOutDifficulty> seenDifficulty = DifficultyFitter.Rows(seen, byLot, rows.RuleOfThumb), unseenDifficulty = DifficultyFitter.Rows(unseen, byTask, rows.RuleOfThumb);
        var difficulty = DifficultyFitter.Fit(seenDifficulty, unseenDifficulty, rows.RuleOfThumb.Average());
        Report(progress, "rows left out", seen, headsShare, cautiousShare);
        if (unseen.Count > 0)
            Report(progress, "tasks left out", unseen, headsShare, cautiousShare);
        progress.WriteLine(string.Create(CultureInfo.InvariantCulture, $"quality: the words count {headsShare:0.00} where a text is familiar, {cautiousShare:0.00} where it is not, and the means of its task the rest; {trust.Describe()}"));
        progress.WriteLine(string.Create(CultureInfo.InvariantCulture, $"difficulty: the words count {difficulty.HeadsShare:0.00}; {difficulty.Trust.Describe()}"));
        progress.WriteLine("learning from all rows");
        var model = Fit(rows, Enumerable.Range(0, rows.Count).ToArray(), headsShare, cautiousShare, trust, calibrated, difficulty);
        return new OutcomeTraining(model, FoldsOf(seen, seenDifficulty, byLot), FoldsOf(unseen, unseenDifficulty, byTask));

        List<OutcomeFold> FoldsOf(List<HeldOutOutcome> heldOut, List<HeldOutDifficulty> difficulties, int[] foldOf) => heldOut
            .Zip(difficulties)
            .GroupBy(row => foldOf[row.First.Row])
            .Select(fold => new OutcomeFold(
                examples.Where((_, row) => foldOf[row] != fold.Key).ToList(),
                fold.Select(row => examples[row.First.Row]).ToList(),
                fold.Select(row => row.First.Answer(headsShare, cautiousShare, trust)).ToList(),
                fold.Select(row => new DifficultyAnswer(row.Second.Answer(difficulty.HeadsShare, difficulty.Trust), row.Second.RuleOfThumb)).ToList()))
            .ToList();
    }

    /// <summary>The cautious heads are followed as far as they did no harm on unseen tasks.</summary>
    private static float CautiousShare(List<HeldOutOutcome> unseen)
    {
        var bearable = unseen.Sum(row => row.ErrorOf(row.Means)) * (1 + BearableLoss);
        return Shares.Last(share => share == 0 || unseen.Sum(row => row.ErrorOf(row.Unfamiliar(share))) <= bearable);
    }

    private static void Report(TextWriter progress, string what, List<HeldOutOutcome> rows, float headsShare, float cautiousShare) =>
        progress.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"{what}: mean square of the error (lower is better): {rows.Average(row => row.ErrorOf(row.Means)):0.0000} by the means of the models, ") +
            string.Create(CultureInfo.InvariantCulture, $"{rows.Average(row => row.ErrorOf(row.Familiar(headsShare))):0.0000} with every text taken as familiar, ") +
            string.Create(CultureInfo.InvariantCulture, $"{rows.Average(row => row.ErrorOf(row.Unfamiliar(cautiousShare))):0.0000} with none"));

    private static List<HeldOutOutcome> HoldOut(OutcomeRows rows, int[] foldOf, TextWriter progress)
    {
        var heldOut = new List<HeldOutOutcome>();
        var buffer = new FeatureBuffer();
        for (var fold = 0; fold < Folds; fold++)
        {
            var training = Enumerable.Range(0, rows.Count).Where(row => foldOf[row] != fold).ToArray();
            var model = Fit(rows, training, 1, 0, default, default, new DifficultyWeights(0, 0, default));
            foreach (var row in Enumerable.Range(0, rows.Count).Where(row => foldOf[row] == fold))
            {
                var heads = new float[rows.Models.Length];
                var table = new float[rows.Models.Length];
                buffer.Load(rows.Texts[row].Hashes, rows.Texts[row].Handcrafted);
                var cautious = new float[rows.Models.Length];
                var familiarity = model.Guess(buffer, heads, cautious, table);
                heldOut.Add(new HeldOutOutcome(row, heads, cautious, table, model.Weights.Global, rows.QualityOf(row).ToArray(), familiarity));
            }

            progress.WriteLine($"  part {fold + 1} of {Folds}");
        }

        return heldOut;
    }

    private static OutcomeModel Fit(OutcomeRows rows, int[] training, float headsShare, float cautiousShare, TrustCurve trust, TrustCurve calibrated, DifficultyWeights difficulty)
    {
        var texts = Array.ConvertAll(training, row => rows.Texts[row]);
        var models = rows.Models.Length;
        var quality = new float[texts.Length * models];
        var taskTargets = new float[texts.Length * rows.Tasks.Length];
        for (var place = 0; place < training.Length; place++)
        {
            rows.QualityOf(training[place]).CopyTo(quality.AsSpan(place * models));
            taskTargets[place * rows.Tasks.Length + rows.TaskOf[training[place]]] = 1;
        }

        var few = texts.Length < FewRows;
        var heads = LinearTrainer.Train(texts, quality, models, HeadSettings(few));
        var cautious = LinearTrainer.Train(texts, quality, models, CautiousSettings(few));
        var tasks = LinearTrainer.Train(texts, taskTargets, rows.Tasks.Length, TaskSettings(few));
        var global = OutcomeTables.Means(rows, training);
        var table = OutcomeTables.ByTask(rows, training, global, TableShrinkage);
        var evidence = EvidenceFitter.Fit(rows, training);
        return new OutcomeModel(
            heads, cautious, tasks, new OutcomeWeights(rows.Models, global, rows.Tasks, table, headsShare, cautiousShare, trust, calibrated, evidence, difficulty));
    }

    /// <summary>So few and so small steps that only what holds across tasks is learnt.</summary>
    private static LearningSettings CautiousSettings(bool few) => HeadSettings(few) with { Epochs = 3, Rate = 0.01f, Dropout = 0 };

    private static LearningSettings HeadSettings(bool few) => new()
    {
        Groups = OutcomeRows.Groups,
        Loss = LinearLoss.Independent,
        Epochs = 6,
        Rate = 0.1f,
        Decay = 1e-4f,
        Dropout = 0.5f,
        MinimumCount = few ? 3 : 4,
        HandcraftedScale = 0.5f,
    };

    private static LearningSettings TaskSettings(bool few) => new()
    {
        Groups = OutcomeRows.Groups,
        Epochs = few ? 12 : 6,
        Rate = 0.3f,
        Dropout = 0.3f,
        MinimumCount = few ? 2 : 3,
        HandcraftedScale = 0.3f,
    };
}

/// <summary>An outcome model, and what models like it foresaw of rows they had not seen: left out by lot, and by whole tasks.</summary>
internal sealed record OutcomeTraining(OutcomeModel Model, IReadOnlyList<OutcomeFold> RowsHeldOut, IReadOnlyList<OutcomeFold> TasksHeldOut);
