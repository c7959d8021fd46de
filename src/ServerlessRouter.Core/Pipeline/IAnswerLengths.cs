using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;

namespace ServerlessRouter.Pipeline;

/// <summary>How long the answers of models are, by task.</summary>
public interface IAnswerLengths
{
    /// <summary>Tokens to expect of an answer, before limits of the request and the model; <paramref name="typicalTokens"/> where little is known. Never waits.</summary>
    int Expect(LanguageModel model, TaskKind? task, int typicalTokens);
}
