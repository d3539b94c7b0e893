"""The one error of CertLogic expressions: those that are none, and those that meet values that they
cannot take.
"""

from __future__ import annotations

from keys.errors import KeysError


class CertLogicError(KeysError):
    """What is wrong stands in `code`.

    Of the expression: `unknown_operation`, `operand_count`, `not_an_expression`, `bad_path`,
    `bad_amount`, `bad_unit`, `bad_index`, `too_deep`, `too_large`. Of the values it met:
    `operand_type`, `neither_true_nor_false`, `number_range`, `date_format`, `date_range`,
    `too_many_steps`, `not_a_boolean`.
    """

    code = "certlogic"
