"""``axolotl``: Axolotl's process reward models (``process_reward_model: true``, ``type: stepwise_supervised``; 0.21).

It has taken over TRL's trainer, so the rows are those of ``trl``: it tokenizes the prompt and each completion alone, puts
``step_separator`` after each completion, and the label on that. It cuts at ``sequence_len`` silently. ``train.yaml``
stands beside the rows and trains on them.
"""

from __future__ import annotations

from typing import Final

from prmdata.exports.format import IDS, Format, columns
from prmdata.exports.trl import render, text

TRAIN: Final = """\
# axolotl train DIR/train.yaml, from the folder that DIR stands in
base_model: Qwen/Qwen2.5-Coder-0.5B
model_type: AutoModelForTokenClassification
num_labels: 2
process_reward_model: true

datasets:
  - path: DIR
    split: train
    type: stepwise_supervised
    step_separator: "\\n"
sequence_len: 4096        # longer rows are cut without a word: export with --tokenizer and --max-length to count them
sample_packing: false
remove_unused_columns: false
val_set_size: 0.05        # of the rows; to hold out whole problems, take the export's test split instead:
# test_datasets:
#   - {path: DIR, split: test, type: stepwise_supervised}

output_dir: ./prm
num_epochs: 1
micro_batch_size: 4
gradient_accumulation_steps: 4
optimizer: adamw_torch
learning_rate: 1.0e-5
lr_scheduler: cosine
warmup_ratio: 0.1
bf16: auto
"""

FORMAT = Format(
    name="axolotl",
    summary="Axolotl stepwise_supervised: prompt, completions, labels (int64, -100 masked), and the YAML that trains",
    schema=columns(prompt="string", completions=["string"], labels=["int64"], **IDS),
    render=render,
    text=text,
    files={"train.yaml": TRAIN},
    recipe="""\
```bash
axolotl train DIR/train.yaml
```

The base model and the rates in `train.yaml` are a beginning; `sequence_len` cuts longer rows without a word.""",
)
