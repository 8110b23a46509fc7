"""A transformers checkpoint of Whisper in openai/whisper's own classes, with the vocabulary of its folder.

openai/whisper derives the vocabulary from its size; here the tokenizer is built from the folder's files and handed to its
decoding and transcription, which are used as they are.
"""

import functools
import json
import sys

import torch
import whisper
from byte_pairs import PATTERN, byte_characters
from safetensors.torch import load_file
from tiktoken import Encoding
from torch import nn
from whisper.model import ModelDimensions, Whisper
from whisper.tokenizer import Tokenizer

# transformers' names of a layer's parts and openai's.
NAMES = (
    ("encoder_attn_layer_norm", "cross_attn_ln"), ("encoder_attn", "cross_attn"), ("self_attn_layer_norm", "attn_ln"),
    ("self_attn", "attn"), ("final_layer_norm", "mlp_ln"), ("fc1", "mlp.0"), ("fc2", "mlp.2"), ("q_proj", "query"),
    ("k_proj", "key"), ("v_proj", "value"), ("out_proj", "out"), ("layers", "blocks"),
    ("decoder.layer_norm", "decoder.ln"), ("encoder.layer_norm", "encoder.ln_post"),
    ("decoder.embed_tokens", "decoder.token_embedding"),
    ("embed_positions.weight", "positional_embedding"),
)


class FolderWhisper(Whisper):
    """openai/whisper's network of a folder; what it guesses from the size of the vocabulary comes from the files."""

    is_multilingual = True
    num_languages = 0


def load(folder):
    """The network and a function (language, task) -> Tokenizer; openai/whisper uses that tokenizer from here on."""
    settings = json.loads((folder / "generation_config.json").read_text())
    tokenizer = functools.partial(_tokenizer, _encoding(folder, settings), len(settings["lang_to_id"]))
    model = _model(folder, settings)

    def get_tokenizer(multilingual, *, num_languages=99, language=None, task=None):
        return tokenizer(language or "en", task or "transcribe")

    for module in ("whisper.decoding", "whisper.transcribe"):
        sys.modules[module].get_tokenizer = get_tokenizer
    return model, tokenizer


def _tokenizer(encoding, language_count, language, task):
    return Tokenizer(encoding, language_count, language, task)


def _model(folder, settings):
    config = json.loads((folder / "config.json").read_text())
    dims = ModelDimensions(
        n_mels=config["num_mel_bins"], n_audio_ctx=config["max_source_positions"], n_audio_state=config["d_model"],
        n_audio_head=config["encoder_attention_heads"], n_audio_layer=config["encoder_layers"],
        n_vocab=config["vocab_size"], n_text_ctx=config["max_target_positions"], n_text_state=config["d_model"],
        n_text_head=config["decoder_attention_heads"], n_text_layer=config["decoder_layers"],
    )
    model = FolderWhisper(dims).eval()
    model.num_languages = len(settings["lang_to_id"])
    for blocks, width in ((model.encoder.blocks, config["encoder_ffn_dim"]), (model.decoder.blocks, config["decoder_ffn_dim"])):
        for block in blocks:
            block.mlp = nn.Sequential(nn.Linear(dims.n_text_state, width), nn.GELU(), nn.Linear(width, dims.n_text_state))
            for layer in (block.mlp[0], block.mlp[2]):
                layer.__class__ = whisper.model.Linear
    weights = {_renamed(name): tensor.float() for name, tensor in load_file(folder / "model.safetensors").items()}
    weights.pop("proj_out.weight", None)
    missing, unexpected = model.load_state_dict(weights, strict=False)
    if set(missing) - {"decoder.mask"} or unexpected:
        raise SystemExit(f"weights do not fit: missing {missing}, unexpected {unexpected}")
    heads = torch.zeros(dims.n_text_layer, dims.n_text_head, dtype=torch.bool)
    for layer, head in settings["alignment_heads"]:
        heads[layer, head] = True
    model.register_buffer("alignment_heads", heads.to_sparse(), persistent=False)
    return model


def _renamed(name):
    name = name.removeprefix("model.")
    for theirs, ours in NAMES:
        name = name.replace(theirs, ours)
    return name


def _encoding(folder, settings):
    characters = {character: byte for byte, character in byte_characters().items()}
    added = json.loads((folder / "added_tokens.json").read_text(encoding="utf-8"))
    vocab = json.loads((folder / "vocab.json").read_text(encoding="utf-8"))
    end = settings["eos_token_id"]
    ranks = {bytes(characters[c] for c in token): rank for token, rank in vocab.items() if rank < end}
    specials = {token: rank for token, rank in added.items() if rank >= end} | {"<|endoftext|>": end}
    if "<|nocaptions|>" in specials:
        specials["<|nospeech|>"] = specials.pop("<|nocaptions|>")
    return Encoding("folder", pat_str=PATTERN, mergeable_ranks=ranks, special_tokens=specials)
