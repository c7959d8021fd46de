namespace ServerlessRouter.Domain;

/// <summary>What a model can do, and what a request may need.</summary>
[Flags]
public enum Capabilities
{
    None = 0,

    /// <summary>Function calling.</summary>
    Tools = 1,

    /// <summary>Images in the prompt.</summary>
    Vision = 2,

    /// <summary><c>response_format: json_schema</c>.</summary>
    JsonSchema = 4,

    /// <summary><c>response_format: json_object</c>.</summary>
    JsonObject = 8,

    /// <summary>Audio in the prompt or the answer.</summary>
    Audio = 16,

    /// <summary>Files (PDF) in the prompt.</summary>
    Files = 32,

    /// <summary>Reasoning before the answer (<c>reasoning_effort</c>).</summary>
    Reasoning = 64,

    /// <summary>Log probabilities of the answer's tokens.</summary>
    Logprobs = 128,

    /// <summary>Answers in pieces; every model does unless its configuration says otherwise.</summary>
    Streaming = 256,

    /// <summary>Turns texts into vectors; a model that does so answers no chat.</summary>
    Embeddings = 512,

    /// <summary>What tunes an answer and leaves its form: a model without it answers all the same, and is not sent the parameters.</summary>
    Tuning = Reasoning | Logprobs,
}
