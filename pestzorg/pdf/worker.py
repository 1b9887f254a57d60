"""The compiler's own process: reads an order from stdin, writes a PDF to stdout. Knows no settings and no Django."""

from __future__ import annotations

import json
import resource
import sys
from importlib.resources import files
from pathlib import Path

import typst

CPU_SECONDS, MEMORY, FILE_BYTES = 15, 2 << 30, 0


def main() -> None:
    """Compile one paper within limits."""
    order = json.loads(sys.stdin.buffer.read())
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    # It may write into no file: the paper goes to stdout.
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_BYTES, FILE_BYTES))
    folder = Path(order["folder"])
    nowhere = str(
        folder / "packages"
    )  # a template that asks for a package finds none, and no network
    pdf = typst.compile(
        str(folder / order["template"]),
        root=str(folder),
        font_paths=[str(files("fontpkg_figtree") / "files")],
        ignore_system_fonts=True,
        pdf_standards=["ua-1"],
        sys_inputs={"data": order["data"]},
        package_path=nowhere,
        package_cache_path=nowhere,
    )
    sys.stdout.buffer.write(pdf)


if __name__ == "__main__":
    main()
