"""Writes a language model of half a megabyte that babbles: the architecture of Llama with random weights.

For a server to load, not for sense: what it says are the words of a short list in an order that nothing means.
"""

import numpy
from gguf import GGUFWriter, TokenType

WORDS = (
    "river stone cloud lantern meadow copper violin harbour thistle ember willow raven marble orchard compass velvet "
    "saffron glacier pepper anchor tundra quartz cinder juniper ripple beacon hollow timber almond falcon silver clover"
).split()
WIDTH = 64
HEADS = 4
LAYERS = 2
HIDDEN = 128


def write(path: str, context: int) -> None:
    """Writes the model to `path`, trained, so to say, for `context` tokens."""
    tokens, scores, kinds = [b"<unk>", b"<s>", b"</s>"], [0.0] * 3, [TokenType.UNKNOWN] + [TokenType.CONTROL] * 2
    for byte in range(256):
        tokens.append(f"<0x{byte:02X}>".encode())
        scores.append(0.0)
        kinds.append(TokenType.BYTE)
    first_word = len(tokens)
    for number, word in enumerate(WORDS):
        tokens.append("\u2581".encode() + word.encode())
        scores.append(-float(number))
        kinds.append(TokenType.NORMAL)

    writer = GGUFWriter(path, "llama")
    writer.add_name("riffle tiny")
    writer.add_context_length(context)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(HIDDEN)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_vocab_size(len(tokens))
    writer.add_tokenizer_model("llama")
    writer.add_token_list(tokens)
    writer.add_token_scores(scores)
    writer.add_token_types(kinds)
    writer.add_unk_token_id(0)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_chat_template(
        "{% for message in messages %}{{ message['role'] }}: {{ message['content'] }}\n{% endfor %}assistant:"
    )

    random = numpy.random.default_rng(20)

    def matrix(rows: int, columns: int) -> numpy.ndarray:
        return (random.standard_normal((rows, columns)) / numpy.sqrt(columns)).astype(numpy.float32)

    output = matrix(len(tokens), WIDTH) * 4
    # Words alone are ever likely: no half characters, no early end.
    output[:first_word] = 0
    writer.add_tensor("token_embd.weight", matrix(len(tokens), WIDTH))
    writer.add_tensor("output_norm.weight", numpy.ones(WIDTH, numpy.float32))
    writer.add_tensor("output.weight", output)
    for layer in range(LAYERS):
        for name, rows, columns in (
            ("attn_q", WIDTH, WIDTH),
            ("attn_k", WIDTH, WIDTH),
            ("attn_v", WIDTH, WIDTH),
            ("attn_output", WIDTH, WIDTH),
            ("ffn_gate", HIDDEN, WIDTH),
            ("ffn_up", HIDDEN, WIDTH),
            ("ffn_down", WIDTH, HIDDEN),
        ):
            writer.add_tensor(f"blk.{layer}.{name}.weight", matrix(rows, columns))
        for name in ("attn_norm", "ffn_norm"):
            writer.add_tensor(f"blk.{layer}.{name}.weight", numpy.ones(WIDTH, numpy.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
