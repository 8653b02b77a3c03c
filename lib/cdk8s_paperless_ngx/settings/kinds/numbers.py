"""Numbers."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Final

from cdk8s_paperless_ngx.settings.kinds.kind import Kind


@dataclass(eq=False, repr=False)
class Whole(Kind[int]):
    """A whole number of something, between bounds that both belong to it."""

    minimum: int = 0
    maximum: int | None = None
    unit: str = ""

    @property
    def rule(self) -> str:
        of = f" of {self.unit}" if self.unit else ""
        if self.maximum is not None:
            return f"a whole number{of}, {self.minimum} to {self.maximum}"
        return f"a whole number{of}, {self.minimum} or more" if of else f"a whole number of at least {self.minimum}"

    def accepts(self, value: object) -> bool:
        if isinstance(value, bool) or not isinstance(value, int):
            return False
        return self.minimum <= value and (self.maximum is None or value <= self.maximum)

    def read(self, text: str) -> int:
        return int(text)


@dataclass(eq=False, repr=False)
class Number(Kind[float]):
    """A number, with or without fraction, from 0 on, up to a bound that belongs to it."""

    maximum: float = sys.float_info.max

    @property
    def rule(self) -> str:
        return "a number, 0 or more" if self.maximum == sys.float_info.max else f"a number, 0 to {self.maximum}"

    def accepts(self, value: object) -> bool:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        return 0 <= value <= self.maximum

    def write(self, value: float) -> str:
        return str(int(value)) if value == int(value) else str(value)

    def read(self, text: str) -> float:
        return float(text)


PORT: Final = Whole(minimum=1, maximum=65535)
