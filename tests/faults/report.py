"""The one line each fault test ends with."""


def tell(fault: str, *, load: str, faults: str, bad: int = 0, lost: int = 0, doubled: int = 0, leaked: int = 0) -> None:
    """Load held, faults injected, bad inputs, and what it cost: the figures are counts, and the last three are zero or the test is red."""
    print(f"\n{fault}: {load}; {faults}; bad inputs {bad}; lost {lost}, doubled {doubled}, leaked {leaked}")
    assert (lost, doubled, leaked) == (0, 0, 0)
