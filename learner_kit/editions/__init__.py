"""Four editions from one source: for learners, facilitators and assessors, and on paper; and the way back from paper."""
