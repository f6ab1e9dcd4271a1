"""Replies: edits and continuations from the rules, a model or a recording, with their cost and its caps."""

from prmdata.teachers.choose import make_teacher, teacher_names
from prmdata.teachers.contract import Teacher

__all__ = ["Teacher", "make_teacher", "teacher_names"]
