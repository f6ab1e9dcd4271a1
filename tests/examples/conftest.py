"""What the tests of the examples share: a tiny random model, saved as a trainer would load it."""

from __future__ import annotations

import os

import pytest


@pytest.fixture(scope="session")
def tiny(tmp_path_factory):
    """A random two-layer model with a byte-level tokenizer, saved as a trainer would load it."""
    pytest.importorskip("torch", reason="opt-in: pip install torch==2.13.0 transformers trl==1.13.0")
    transformers = pytest.importorskip("transformers")
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers

    folder = tmp_path_factory.mktemp("tiny")
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    words = {word: place for place, word in enumerate(["<pad>", "<s>", "</s>", *alphabet])}
    raw = Tokenizer(models.BPE(vocab=words, merges=[]))
    raw.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    raw.decoder = decoders.ByteLevel()
    special = {"pad_token": "<pad>", "bos_token": "<s>", "eos_token": "</s>"}
    transformers.PreTrainedTokenizerFast(tokenizer_object=raw, **special).save_pretrained(folder)
    config = transformers.Qwen2Config(
        vocab_size=len(words), hidden_size=16, intermediate_size=32, num_hidden_layers=2, num_attention_heads=2,
        num_key_value_heads=2, max_position_embeddings=4096, num_labels=2, pad_token_id=0,
    )  # fmt: skip
    transformers.Qwen2ForTokenClassification(config).save_pretrained(folder)
    return folder


@pytest.fixture
def torch_environment(tmp_path):
    """The environment of a training script: no Hub, no GPU, caches of its own."""
    return os.environ | {
        "HF_HUB_OFFLINE": "1",
        "HF_HOME": str(tmp_path / "hf"),
        "CUDA_VISIBLE_DEVICES": "",
    }
