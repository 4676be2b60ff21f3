"""From answers to a judgement that can be defended: grading, evidence, judgement, portfolio, moderation, results."""
