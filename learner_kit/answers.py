# FOR THE OWNER OF workbook.py / keeping.py: the survey helper overwrote this file by mistake at 19:37 (it was made
# minutes before, and no copy is left: nothing is in git yet). Please write your answers.py again over this notice.
raise ImportError("learner_kit/answers.py was overwritten by mistake by the survey helper; its owner must restore it")
