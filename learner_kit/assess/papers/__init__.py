"""What is printed for people: feedback and reports, results and appeals, the class's sheets, workplace forms.

The papers of one judged learner are here by name; the others are modules of their own.
"""

from learner_kit.assess.papers.assessor import report, write
from learner_kit.assess.papers.judged import STATE_WORDS, decided_on, feedback, save

__all__ = ["STATE_WORDS", "decided_on", "feedback", "report", "save", "write"]
