using System.Text;
using System.Text.RegularExpressions;
using ServerlessRouter.Chat;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;

namespace Embedding;

/// <summary>A stage of the application's own: refuses prompts that hold what looks like the number of a payment card, before a vendor sees them.</summary>
internal sealed partial class PaymentCardStage : IRequestStage
{
    public ValueTask<ChatOutcome> InvokeAsync(RequestContext context, NextRequestStage next, CancellationToken cancellationToken)
    {
        foreach (var piece in context.Request.Texts)
        {
            if (CardNumber().IsMatch(TextOf(context.Request, piece)))
                return new(new ChatOutcome.Failed(RouterError.InvalidRequest("A message holds what looks like the number of a payment card. Take it out.", "messages")));
        }

        return next(context, cancellationToken);
    }

    private static string TextOf(ChatRequest request, TextPiece piece)
    {
        var text = new byte[piece.Range.In(request.Bytes).Length];
        return Encoding.UTF8.GetString(text, 0, request.CopyText(piece, text));
    }

    [GeneratedRegex(@"\b(?:\d{4}[ -]?){3}\d{4}\b")]
    private static partial Regex CardNumber();
}
