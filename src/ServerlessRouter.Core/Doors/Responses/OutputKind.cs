namespace ServerlessRouter.Doors.Responses;

/// <summary>What an item of the output is.</summary>
internal enum OutputKind
{
    Reasoning,
    Message,
    Call,
    CustomCall,
    Image,
}
