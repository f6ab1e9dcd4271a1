"""A taskset for verifiers (0.4): the problems of `prmdata export OUT --format verl -o prompts`, judged in the sandbox.

The reward is 1.0 where the program in the last reply passes every test. Put it into a package of its own as verifiers
wants it, and name the folder in its config: `data = "prompts"`.
"""

import asyncio

import verifiers.v1 as vf
from datasets import load_dataset

from prmdata.app.rewards import judge_answers


class CodeData(vf.TaskData):
    """What a task is scored by: the row's tests, and how they are run."""

    ground_truth: str
    extra_info: dict


class CodeTask(vf.Task[CodeData, vf.State]):
    """One problem."""

    @vf.reward(weight=1.0)
    async def passes_tests(self, trace):
        """1.0 where the program passes every test."""
        truth, info = self.data.ground_truth, self.data.extra_info
        (found,) = await asyncio.to_thread(judge_answers, truth, info, [trace.last_reply])
        return float(found.passed)


class CodeConfig(vf.TasksetConfig):
    """``data``: the folder of the export."""

    data: str = "prompts"
    split: str = "train"


class CodeTaskset(vf.Taskset[CodeTask, CodeConfig]):
    """The rows of the export, in their order."""

    def load(self):
        for row in load_dataset(self.config.data, split=self.config.split):
            info = row["extra_info"]
            prompt, truth = row["prompt"][0]["content"], row["reward_model"]["ground_truth"]
            yield CodeTask(
                CodeData(prompt=prompt, ground_truth=truth, extra_info=info, id=info["problem_id"]),
                self.config.task,
            )
