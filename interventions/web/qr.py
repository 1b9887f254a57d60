"""A QR code as the one path of a drawing: no picture, no style, sharp at any size."""

from __future__ import annotations

from dataclasses import dataclass

import qrcode

QUIET = 4  # modules of white around it, which every reader needs


@dataclass(frozen=True)
class QrCode:
    """What a template draws: the size of the square, and the path of the dark modules."""

    size: int
    path: str


def qr_of(text: str) -> QrCode:
    """The code of a text."""
    code = qrcode.QRCode(border=QUIET, error_correction=qrcode.constants.ERROR_CORRECT_M)
    code.add_data(text)
    code.make()
    matrix = code.get_matrix()
    dark = (
        f"M{x} {y}h1v1h-1z"
        for y, row in enumerate(matrix)
        for x, is_dark in enumerate(row)
        if is_dark
    )
    return QrCode(len(matrix), "".join(dark))
