"""Mutations: edits that imitate mistakes. Each file holds one family; ``MUTATORS`` lists the operators.

Together they cover the operators of mutmut 3.8, cosmic-ray 8.7 and mutatest 3.1 (``docs/operators.md`` says
which operator covers which) and add the mistakes that models make.
"""

from prmdata.edits.mutators.aliasing import ALIASING
from prmdata.edits.mutators.arguments import ARGUMENTS
from prmdata.edits.mutators.arithmetic import ARITHMETICS
from prmdata.edits.mutators.bounds import BOUNDS
from prmdata.edits.mutators.calls import CALLS
from prmdata.edits.mutators.comparison import COMPARISON
from prmdata.edits.mutators.conditions import CONDITIONS
from prmdata.edits.mutators.constants import CONSTANTS
from prmdata.edits.mutators.flow import FLOW
from prmdata.edits.mutators.returns import RETURNS
from prmdata.edits.mutators.statements import STATEMENTS
from prmdata.edits.mutators.variables import VARIABLES
from prmdata.edits.operators import Operator

MUTATORS: tuple[Operator, ...] = (
    *COMPARISON,
    *ARITHMETICS,
    *BOUNDS,
    *CONSTANTS,
    *CONDITIONS,
    *CALLS,
    *ARGUMENTS,
    *VARIABLES,
    *STATEMENTS,
    *RETURNS,
    *FLOW,
    *ALIASING,
)
