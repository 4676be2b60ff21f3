BEGIN TRANSACTION;
CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL);
INSERT INTO "alembic_version" VALUES('e43177bfe90b');
CREATE TABLE assignment (
	id VARCHAR(32) NOT NULL, 
	name VARCHAR(128) NOT NULL, 
	duedate DATETIME, 
	course_id VARCHAR(128) NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (name), 
	FOREIGN KEY(course_id) REFERENCES course (id)
);
CREATE TABLE base_cell (
	id VARCHAR(32) NOT NULL, 
	name VARCHAR(128) NOT NULL, 
	notebook_id VARCHAR(32) NOT NULL, 
	type VARCHAR(50), 
	PRIMARY KEY (id), 
	UNIQUE (name, notebook_id, type), 
	FOREIGN KEY(notebook_id) REFERENCES notebook (id)
);
CREATE TABLE comment (
	id VARCHAR(32) NOT NULL, 
	notebook_id VARCHAR(32), 
	cell_id VARCHAR(32), 
	auto_comment TEXT, 
	manual_comment TEXT, 
	PRIMARY KEY (id), 
	UNIQUE (cell_id, notebook_id), 
	FOREIGN KEY(notebook_id) REFERENCES submitted_notebook (id), 
	FOREIGN KEY(cell_id) REFERENCES base_cell (id)
);
CREATE TABLE course (
	id VARCHAR(128) NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (id)
);
INSERT INTO "course" VALUES('default_course');
CREATE TABLE grade (
	id VARCHAR(32) NOT NULL, 
	notebook_id VARCHAR(32), 
	cell_id VARCHAR(32), 
	auto_score FLOAT, 
	manual_score FLOAT, 
	extra_credit FLOAT, 
	needs_manual_grade BOOLEAN NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (cell_id, notebook_id), 
	FOREIGN KEY(notebook_id) REFERENCES submitted_notebook (id), 
	FOREIGN KEY(cell_id) REFERENCES base_cell (id)
);
CREATE TABLE grade_cells (
	id VARCHAR(32) NOT NULL, 
	max_score FLOAT NOT NULL, 
	cell_type VARCHAR(8) NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(id) REFERENCES base_cell (id)
);
CREATE TABLE kit_graded (
	learner VARCHAR(20) NOT NULL, 
	workbook VARCHAR(60) NOT NULL, 
	fingerprint VARCHAR(64) NOT NULL, 
	graded_at DATETIME NOT NULL, 
	shown TEXT NOT NULL, 
	PRIMARY KEY (learner, workbook)
);
CREATE TABLE kit_identities (
	code VARCHAR(20) NOT NULL, 
	surname VARCHAR(120) NOT NULL, 
	first_names VARCHAR(120) NOT NULL, 
	id_number VARCHAR(40) NOT NULL, 
	email VARCHAR(254) NOT NULL, 
	phone VARCHAR(40) NOT NULL, 
	PRIMARY KEY (code)
);
INSERT INTO "kit_identities" VALUES('L-0001','Surname1','Name1','','','');
INSERT INTO "kit_identities" VALUES('L-0002','Surname2','Name2','','','');
INSERT INTO "kit_identities" VALUES('A-01','Dlamini','Thandi','','','');
INSERT INTO "kit_identities" VALUES('M-01','Botha','Piet','','','');
CREATE TABLE kit_judgements (
	id INTEGER NOT NULL, 
	learner VARCHAR(20) NOT NULL, 
	criterion VARCHAR(60) NOT NULL, 
	number INTEGER NOT NULL, 
	attempt INTEGER NOT NULL, 
	decision VARCHAR(3) NOT NULL, 
	evidence_rules TEXT NOT NULL, 
	evidence TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	assessor VARCHAR(20) NOT NULL, 
	decided_at DATETIME NOT NULL, 
	override TEXT NOT NULL, 
	corrects INTEGER, 
	PRIMARY KEY (id), 
	UNIQUE (learner, criterion, number), 
	UNIQUE (corrects), 
	FOREIGN KEY(corrects) REFERENCES kit_judgements (id)
);
INSERT INTO "kit_judgements" VALUES(1,'L-0001','so1-ac1',1,1,'NYC','["valid", "authentic", "reliable", "current", "sufficient"]','[]','No figures of an own business','A-01','2026-11-22 00:30:28.000000','Seen on paper',NULL);
INSERT INTO "kit_judgements" VALUES(2,'L-0002','so1-ac2',1,1,'C','["valid", "authentic", "reliable", "current", "sufficient"]','[]','Seen at work','A-01','2026-11-22 00:30:28.000000','Seen on paper',NULL);
CREATE TABLE kit_learners (
	pseudonym VARCHAR(20) NOT NULL, 
	site VARCHAR(120) NOT NULL, 
	enrolled_on DATE NOT NULL, 
	note TEXT NOT NULL, 
	PRIMARY KEY (pseudonym)
);
INSERT INTO "kit_learners" VALUES('L-0001','Durban','2026-11-22','The last date of enrolment for unit standard 252218 was 2026-06-30; these learners are enrolled on 2026-11-22. Ask the quality assurance body before you promise them credits. The warning is kept in the records.');
INSERT INTO "kit_learners" VALUES('L-0002','Durban','2026-11-22','The last date of enrolment for unit standard 252218 was 2026-06-30; these learners are enrolled on 2026-11-22. Ask the quality assurance body before you promise them credits. The warning is kept in the records.');
CREATE TABLE kit_log (
	id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	who VARCHAR(60) NOT NULL, 
	what VARCHAR(60) NOT NULL, 
	about VARCHAR(120) NOT NULL, 
	detail TEXT NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "kit_log" VALUES(1,'2026-11-22 00:30:28.000000','tests','enrol','2 learners','{"already": [], "new": ["L-0001", "L-0002"], "warning": "The last date of enrolment for unit standard 252218 was 2026-06-30; these learners are enrolled on 2026-11-22. Ask the quality assurance body before you promise them credits. The warning is kept in the records."}');
INSERT INTO "kit_log" VALUES(2,'2026-11-22 00:30:28.000000','tests','register','A-01','{"role": "assessor"}');
INSERT INTO "kit_log" VALUES(3,'2026-11-22 00:30:28.000000','tests','register','M-01','{"role": "moderator"}');
INSERT INTO "kit_log" VALUES(4,'2026-11-22 00:30:28.000000','A-01','judge','L-0001 so1-ac1','{"attempt": 1, "corrects": null, "decision": "NYC"}');
INSERT INTO "kit_log" VALUES(5,'2026-11-22 00:30:28.000000','A-01','judge','L-0002 so1-ac2','{"attempt": 1, "corrects": null, "decision": "C"}');
INSERT INTO "kit_log" VALUES(6,'2026-11-22 00:30:28.000000','M-01','draw sample','1','{"drawn": ["L-0001", "L-0002"], "seed": "first"}');
CREATE TABLE kit_moderation (
	id INTEGER NOT NULL, 
	sample INTEGER NOT NULL, 
	judgement INTEGER NOT NULL, 
	finding VARCHAR(20) NOT NULL, 
	reason TEXT NOT NULL, 
	moderator VARCHAR(20) NOT NULL, 
	found_at DATETIME NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(sample) REFERENCES kit_moderation_samples (id), 
	FOREIGN KEY(judgement) REFERENCES kit_judgements (id)
);
CREATE TABLE kit_moderation_samples (
	id INTEGER NOT NULL, 
	seed VARCHAR(60) NOT NULL, 
	drawn_at DATETIME NOT NULL, 
	moderator VARCHAR(20) NOT NULL, 
	rules TEXT NOT NULL, 
	frame TEXT NOT NULL, 
	drawn TEXT NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "kit_moderation_samples" VALUES(1,'first','2026-11-22 00:30:28.000000','M-01','{"share": 0.25, "minimum": 3}','[{"learner": "L-0001", "assessor": "A-01", "result": "NYC", "site": "Durban", "always": ["not yet competent", "new assessor", "borderline"]}, {"learner": "L-0002", "assessor": "A-01", "result": "not yet judged", "site": "Durban", "always": ["new assessor", "borderline"]}]','[{"learner": "L-0001", "why": "always: not yet competent, new assessor, borderline"}, {"learner": "L-0002", "why": "always: new assessor, borderline"}]');
CREATE TABLE kit_staff (
	code VARCHAR(20) NOT NULL, 
	role VARCHAR(20) NOT NULL, 
	registration VARCHAR(60) NOT NULL, 
	since DATE NOT NULL, 
	PRIMARY KEY (code)
);
INSERT INTO "kit_staff" VALUES('A-01','assessor','ETDP-1','2026-11-22');
INSERT INTO "kit_staff" VALUES('M-01','moderator','ETDP-2','2026-11-22');
CREATE TABLE kit_submissions (
	id INTEGER NOT NULL, 
	learner VARCHAR(20) NOT NULL, 
	workbook VARCHAR(60) NOT NULL, 
	number INTEGER NOT NULL, 
	made_at DATETIME NOT NULL, 
	collected_at DATETIME NOT NULL, 
	receipt VARCHAR(40) NOT NULL, 
	sha256 VARCHAR(64) NOT NULL, 
	file VARCHAR(400) NOT NULL, 
	note TEXT NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (learner, workbook, number), 
	UNIQUE (sha256)
);
CREATE TABLE notebook (
	id VARCHAR(32) NOT NULL, 
	name VARCHAR(128) NOT NULL, 
	assignment_id VARCHAR(32), 
	kernelspec VARCHAR(1024), 
	PRIMARY KEY (id), 
	UNIQUE (name, assignment_id), 
	FOREIGN KEY(assignment_id) REFERENCES assignment (id)
);
CREATE TABLE solution_cells (
	id VARCHAR(32) NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(id) REFERENCES base_cell (id)
);
CREATE TABLE source_cell (
	id VARCHAR(32) NOT NULL, 
	name VARCHAR(128) NOT NULL, 
	cell_type VARCHAR(8) NOT NULL, 
	locked BOOLEAN NOT NULL, 
	source TEXT, 
	checksum VARCHAR(128), 
	notebook_id VARCHAR(32), 
	PRIMARY KEY (id), 
	UNIQUE (name, notebook_id), 
	FOREIGN KEY(notebook_id) REFERENCES notebook (id)
);
CREATE TABLE student (
	id VARCHAR(128) NOT NULL, 
	first_name VARCHAR(128), 
	last_name VARCHAR(128), 
	email VARCHAR(128), 
	lms_user_id VARCHAR(128), 
	PRIMARY KEY (id)
);
CREATE TABLE submitted_assignment (
	id VARCHAR(32) NOT NULL, 
	assignment_id VARCHAR(32), 
	student_id VARCHAR(128), 
	timestamp DATETIME, 
	extension DATETIME, 
	PRIMARY KEY (id), 
	UNIQUE (assignment_id, student_id), 
	FOREIGN KEY(assignment_id) REFERENCES assignment (id), 
	FOREIGN KEY(student_id) REFERENCES student (id)
);
CREATE TABLE submitted_notebook (
	id VARCHAR(32) NOT NULL, 
	assignment_id VARCHAR(32), 
	notebook_id VARCHAR(32), 
	flagged BOOLEAN, 
	late_submission_penalty FLOAT, 
	PRIMARY KEY (id), 
	UNIQUE (notebook_id, assignment_id), 
	FOREIGN KEY(assignment_id) REFERENCES submitted_assignment (id), 
	FOREIGN KEY(notebook_id) REFERENCES notebook (id)
);
CREATE TABLE task_cells (
	id VARCHAR(32) NOT NULL, 
	max_score FLOAT NOT NULL, 
	cell_type VARCHAR(8) NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(id) REFERENCES base_cell (id)
);
CREATE INDEX ix_kit_submissions_learner ON kit_submissions (learner);
CREATE INDEX ix_kit_judgements_learner ON kit_judgements (learner);
COMMIT;
