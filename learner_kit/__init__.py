"""Tools to train and assess people in unit standard 252218, Liaise with a range of customers of a business.

The learner's tools stand in one module an outcome: `value` (SO1), `survey` (SO2), `contact` (SO3), `grading` and
`trends` (SO4). Import the one you need; importing the package itself loads nothing else.

    >>> from learner_kit import value
    >>> value.sales_potential(price=1500, customers=10, purchases_per_year=4)
    60000.0
"""

__version__ = "0.1.0"
