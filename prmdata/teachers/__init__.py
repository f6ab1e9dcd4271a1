"""Teachers: who proposes edits and continuations (``rules``, ``openai``, ``replay``), and what they may spend."""

from prmdata.teachers.choose import make_teacher, teacher_names
from prmdata.teachers.contract import Teacher

__all__ = ["Teacher", "make_teacher", "teacher_names"]
