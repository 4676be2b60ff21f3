"""The desks: what facilitator, assessor and moderator see of `course/` and `assess/`. They hold no rules of their own.

    from learner_kit.desks import assessor
    desk = assessor.Desk()          # works on the cohort that the kit was started with
    desk.judging                    # one part of the page

Each part of a desk is a form. Whatever it writes goes through the functions that the command line uses too.
"""
