using System.Diagnostics;
using System.Diagnostics.Metrics;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Telemetry;

/// <summary>What the conventions measure of calls to vendors: each call once, whatever request it was for and whether it was the one that answered.</summary>
internal sealed class AttemptMetrics
{
    private readonly IGenAiInstruments[] _instruments;

    public AttemptMetrics(Meter meter, GenAiConventions conventions)
    {
        var instruments = new List<IGenAiInstruments>(2);
        if (conventions.HasFlag(GenAiConventions.V141))
            instruments.Add(new GenAiInstrumentsV141(meter));
        if (conventions.HasFlag(GenAiConventions.Latest))
            instruments.Add(new LatestGenAiInstruments(meter));
        _instruments = [.. instruments];
    }

    /// <summary>Something listens.</summary>
    public bool Enabled
    {
        get
        {
            foreach (var instruments in _instruments)
            {
                if (instruments.Enabled)
                    return true;
            }

            return false;
        }
    }

    public void Record(AttemptContext attempt, DeploymentLabels labels, TimeProvider time)
    {
        if (!Enabled)
            return;
        var tags = new TagList
        {
            { GenAiNames.OperationName, DeploymentLabels.OperationName(attempt.Operation) },
            { GenAiNames.ProviderName, labels.Provider },
            { GenAiNames.RequestModel, labels.Model },
        };
        if (labels.Host is { } host)
        {
            tags.Add(GenAiNames.ServerAddress, host);
            tags.Add(GenAiNames.ServerPort, labels.Port);
        }

        foreach (var instruments in _instruments)
            instruments.Record(attempt, tags, time);
    }

    /// <summary>The labels of a duration, which alone tells of failures.</summary>
    public static TagList WithError(TagList tags, AttemptContext attempt)
    {
        if (attempt.Failure is { } failure)
            tags.Add(GenAiNames.ErrorType, failure.Kind.ToWireName());
        return tags;
    }

    public static TagList With(TagList tags, string name, string value)
    {
        tags.Add(name, value);
        return tags;
    }
}

/// <summary>The instruments of one version of the conventions.</summary>
internal interface IGenAiInstruments
{
    bool Enabled { get; }

    /// <param name="attempt">A call that was made and is settled.</param>
    /// <param name="tags">What every instrument says of it.</param>
    /// <param name="time">The clock.</param>
    void Record(AttemptContext attempt, in TagList tags, TimeProvider time);
}
