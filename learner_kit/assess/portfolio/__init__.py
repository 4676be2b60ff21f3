"""The portfolio of evidence: what belongs in it, what is missing, making and signing it, checking and sealing it."""

from learner_kit.assess.portfolio.making import (
    CLOSED,
    DRAFT,
    INFO,
    STATE,
    Incomplete,
    learners,
    make,
    missing,
    signed_with,
    signer,
    state,
    verify,
    within,
)

__all__ = [
    "CLOSED",
    "DRAFT",
    "INFO",
    "STATE",
    "Incomplete",
    "learners",
    "make",
    "missing",
    "signed_with",
    "signer",
    "state",
    "verify",
    "within",
]
