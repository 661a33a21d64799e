"""What of a model fits where."""

import os


def physical_memory() -> int | None:
    """Bytes of this machine's memory; None where the system doesn't say."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return None
