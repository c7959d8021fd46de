using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using ServerlessRouter.Chat;
using ServerlessRouter.Json;
using ServerlessRouter.Providers.OpenAI;

namespace ServerlessRouter.Providers.Simulated;

/// <summary>Makes up vectors of length one: the same input gets the same one, and inputs that share words or tokens point in like directions.</summary>
internal static class SimulatedVectors
{
    public const int MaxDimensions = 4096;

    private const int DefaultDimensions = 256;
    private const int BytesPerToken = 4;

    /// <summary>Numbers that a word moves.</summary>
    private const int PlacesPerWord = 8;

    private const int RoomPerNumber = 12;

    /// <summary>Writes the whole answer.</summary>
    public static void WriteAnswer(PooledWriter output, ChatRequest request, string model)
    {
        var asked = request.Embeddings!;
        var vector = new float[Math.Min(MaxDimensions, asked.Dimensions ?? DefaultDimensions)];
        output.Append("{\"object\":\"list\",\"data\":["u8);
        var inputs = new InputReader(request);
        for (var place = 0; inputs.ReadInto(vector); place++)
        {
            if (place > 0)
                output.Append(","u8);
            WriteVector(output, place, vector);
        }

        output.Append("],\"model\":"u8);
        using (var name = new Utf8JsonWriter(output, new JsonWriterOptions { SkipValidation = true }))
            name.WriteStringValue(model);
        var tokens = TokensOf(request);
        output.Append(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $",\"usage\":{{\"prompt_tokens\":{tokens},\"total_tokens\":{tokens}}}}}")));
    }

    private static void WriteVector(PooledWriter output, int place, ReadOnlySpan<float> vector)
    {
        output.GetSpan(vector.Length * RoomPerNumber);
        output.Append(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{{\"object\":\"embedding\",\"index\":{place},\"embedding\":")));
        VectorNumbers.WriteArray(output, vector);
        output.Append("}"u8);
    }

    private static int TokensOf(ChatRequest request)
    {
        var bytes = 0L;
        foreach (var piece in request.TextList)
            bytes += piece.Range.Length;
        return (int)Math.Clamp(request.Embeddings!.Tokens + ((bytes + BytesPerToken - 1) / BytesPerToken), 1, int.MaxValue);
    }

    /// <summary>Reads one input after the other.</summary>
    private ref struct InputReader
    {
        private readonly ChatRequest _request;
        private JsonTokenReader _tokens;
        private int _text;

        public InputReader(ChatRequest request)
        {
            _request = request;
            request.TryGetMember("input"u8, out var input);
            _tokens = new JsonTokenReader(input.Value.In(request.Bytes));
            if (request.TextList.Count == 0)
                _tokens.Read();
        }

        /// <summary>Makes the vector of the next input; false behind the last.</summary>
        public bool ReadInto(Span<float> vector)
        {
            vector.Clear();
            if (!(_request.TextList.Count > 0 ? ReadText(vector) : ReadTokens(vector)))
                return false;
            Normalise(vector);
            return true;
        }

        private bool ReadText(Span<float> vector)
        {
            if (_text == _request.TextList.Count)
                return false;
            var piece = _request.TextList[_text++];
            var room = ArrayPool<byte>.Shared.Rent(piece.Range.Length);
            ReadOnlySpan<byte> text = room.AsSpan(0, _request.CopyText(piece, room));
            foreach (var word in text.SplitAny(" \t\r\n"u8))
                Add(vector, text[word]);
            ArrayPool<byte>.Shared.Return(room);
            return true;
        }

        /// <summary>One array of token ids: the next inside of the input, or the input itself.</summary>
        private bool ReadTokens(Span<float> vector)
        {
            var hasBegun = false;
            while (_tokens.Read())
            {
                if (_tokens.TokenType == JsonTokenType.Number)
                {
                    hasBegun = true;
                    Add(vector, _tokens.ValueSpan);
                }
                else if (_tokens.TokenType == JsonTokenType.EndArray)
                {
                    return hasBegun;
                }
            }

            return false;
        }

        private static void Normalise(Span<float> vector)
        {
            var squares = 0.0;
            foreach (var number in vector)
                squares += number * (double)number;
            // Words may cancel each other out, and a vector has a direction all the same.
            if (squares == 0)
                (vector[0], squares) = (1, 1);
            var scale = 1 / Math.Sqrt(squares);
            for (var place = 0; place < vector.Length; place++)
                vector[place] = (float)(vector[place] * scale);
        }
    }

    /// <summary>FNV-1a of the word, and from there a sequence: the same in every process.</summary>
    private static void Add(Span<float> vector, ReadOnlySpan<byte> word)
    {
        if (word.IsEmpty)
            return;
        var state = 14695981039346656037UL;
        foreach (var letter in word)
            state = (state ^ (letter is >= (byte)'A' and <= (byte)'Z' ? (byte)(letter | 0x20) : letter)) * 1099511628211;
        for (var moved = 0; moved < PlacesPerWord; moved++)
        {
            state = (state * 6364136223846793005) + 1442695040888963407;
            vector[(int)((state >> 33) % (ulong)vector.Length)] += (state >> 32 & 1) == 0 ? 1 : -1;
        }
    }
}
