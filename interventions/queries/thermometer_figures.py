"""What the page of a closed run shows, for programs: the same figures, rounded as there, and nothing beside them."""

from __future__ import annotations

from typing import Any

from interventions.queries.thermometer_results import PREVALENCE, Results, Row
from interventions.thermometer.publish import Published, band_of, share_text
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
        "temperature": {"now": _temperature(now), "before": _temperature(before)},
        "prevalence": [
            {"key": key, "name": str(name), "now": _share(now, key), "before": _share(before, key)}
            for key, name in PREVALENCE.items()
            if any(run and key in run.prevalence for run in (now, before))
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


def _temperature(run: Published | None) -> float | None:
    return _rounded(run.temperature.mean) if run and run.temperature else None


def _share(run: Published | None, key: str) -> str | None:
    return share_text(run.prevalence[key]) if run and key in run.prevalence else None


def _rounded(value: Any, places: int = 1) -> float:
    return float(half_up(value, places))
