"""What the page of a closed run shows, for programs: the same figures, rounded as there, and nothing beside them."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from interventions.queries.thermometer_results import Results, Row
from interventions.thermometer.publish import Published, band_of
from interventions.thermometer.scoring import Figure, half_up


def published(results: Results) -> dict[str, Any] | None:
    """All that may be seen of a run; None when too few answered."""
    now, before = results.shown, results.before
    if now is None:
        return None
    return {
        "response": _response(now),
        "response_before": _response(before) if before else None,
        "low_response": results.has_low_response,
        "why_not_compared": str(results.why_alone),
        "subjects": [_subject(row) for row in results.rows],
        "temperature": {
            "now": _degrees(results.temperature.now),
            "before": _degrees(results.temperature.before),
        },
        "prevalence": [
            {
                "key": one.key,
                "name": str(one.name),
                "now": one.texts.now,
                "before": one.texts.before,
            }
            for one in results.prevalence
        ],
        "questions": [
            {
                "question": str(spread.item.text),
                "answers": [{"answer": str(a), "pupils": count} for a, count in spread.answers],
            }
            for spread in results.spreads
        ],
    }


def _response(run: Published) -> dict[str, int]:
    return {"pupils": run.respondents, "class_size": run.class_size}


def _subject(row: Row) -> dict[str, Any]:
    change = row.change and {
        "points": _rounded(row.change.difference),
        "word": row.change.label.value,
        "effect": None if row.change.g is None else _rounded(row.change.g, 2),
    }
    return {
        "key": row.key,
        "name": str(row.name),
        "now": _figure(row.figure),
        "before": _figure(row.before) if row.before else None,
        "change": change,
    }


def _figure(figure: Figure) -> dict[str, Any]:
    band = band_of(figure.mean)
    return {
        "mean": _rounded(figure.mean),
        "band": {"key": band.key, "name": str(band.name)},
        "spread": _rounded(figure.sd or 0),
        "pupils": figure.n,
    }


def _degrees(warmth: Fraction | None) -> float | None:
    return None if warmth is None else _rounded(warmth)


def _rounded(value: Any, places: int = 1) -> float:
    return float(half_up(value, places))
