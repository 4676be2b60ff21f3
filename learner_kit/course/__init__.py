"""The programme, its cohorts and what learners hand in: data and rules, no screens."""
