"""The first page that a person reads in an edition, in plain words."""

from __future__ import annotations

LEARNER = """# Learner Kit

This folder holds your lessons, your workbooks and the tools that you practise with. It is yours. It works on one computer.
{whose}
## Start

1. Copy this whole folder to your computer, near the top of a drive (for example `C:\\Kit`). Do not work from the stick.
2. You need Python 3.11, 3.12 or 3.13. Your facilitator helps you with it.
3. Windows: double-click `Start.bat`. Linux or macOS: open a terminal in the folder and type `python3 start.py`.

The first start takes some minutes. {setup} After that it takes seconds. Your browser
opens the welcome page. Leave the black window open while you work.

## Work

- Read a lesson, try its tools, answer its questions. Each answer is kept as soon as you leave its box.
- Then open a workbook from the list at the left. Type your learner number first, for example L-0001.
- You may stop at any time and go on later.

Workbooks in this folder:
{workbooks}

## Hand in

1. Answer what you can. The end of the workbook shows what is still open.
2. Tick the declaration. Press *Hand in my work*.
3. Give the file in `handed-in` (beside the workbook) to your facilitator. Keep the receipt code.

## Good to know

- What you type stays on this computer. Nothing is sent to anyone.
- Never write a customer's name, number or address into an answer.
- Copy the folder `work` to a stick now and then: it holds your answers.
- No computer? Ask for the paper edition. It counts just as much.

Acknowledgement: the unit standard is SAQA's. The kit is free software (see LICENSE).
"""

STAFF = """# Learner Kit: the {kind}'s edition

Everything for the {kind}, made from the same source as the other editions. Start it with `python3 start.py` (Windows:
`py start.py`) and Python 3.11, 3.12 or 3.13; the desk opens from the welcome page.
{setup}
In the folder `papers`:
{papers}

{more}
"""
FACILITATOR = """This edition holds the workbooks' masters, because workbooks are released from them. They hold the answers that the
computer checks: keep this folder away from learners, and give them the learner's edition
(`python3 start.py edition learner FOLDER --cohort NAME`) or the paper one."""
ASSESSOR = """This edition holds every memo, rubric and marking guide. Never give it, or a part of it, to a learner.
No learner's work is in it: a class comes to you as its cohort folder, or with the commands `backup` and
`restore` (`python3 start.py restore --help`)."""
PAPER = """# Learner Kit on paper

Workbooks to print and write on, one file each. Print them in black on A4, on both sides if you like.

{papers}

Beside each question stands its code. To take a filled sheet in, open *Type answers in from paper* on the facilitator's
desk, or type the answers into a table with the columns learner, code and answer, and run
`python3 start.py capture {cohort} WORKBOOK --from answers.csv`. The file `{sheet}` is such a table, with every code.
"""
FETCHES = "It needs a connection, and fetches about 220 MB."
CARRIES = "It needs no connection: the packages are in the folder `wheelhouse` (for {what})."
# pushd, unlike cd, gives a folder of the network a drive of its own.
BAT = (
    '@echo off\r\npushd "%~dp0"\r\nwhere py >nul 2>nul\r\n'
    "if errorlevel 1 (python start.py %*) else (py start.py %*)\r\nif errorlevel 1 pause\r\n"
)
