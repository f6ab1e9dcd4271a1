"""Online RL with TRL's GRPO: the reward is 1.0 where a program passes every test, judged where it cannot forge that.

prmdata export OUT --format verl -o prompts
python examples/train_grpo.py prompts Qwen/Qwen2.5-Coder-0.5B-Instruct policy
"""

import sys

import torch
from datasets import load_dataset
from trl import GRPOConfig, GRPOTrainer

from prmdata.app.rewards import passes_tests

data, model, out, *more = sys.argv[1:]
gpu = torch.cuda.is_available()
steps = int(more[0]) if more else -1
settings = GRPOConfig(
    out, max_steps=steps, max_completion_length=1024, bf16=gpu, use_cpu=not gpu, report_to=[]
)
GRPOTrainer(
    model=model,
    reward_funcs=passes_tests,  # it reads the columns reward_model and extra_info
    args=settings,
    train_dataset=load_dataset(data, split="train"),
).train()
