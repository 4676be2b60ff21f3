"""What keeps a cohort safe over the years: back-ups, another database, and a look at the computer it runs on."""
