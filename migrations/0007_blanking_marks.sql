CREATE TABLE `blanking_marks` (
	`round` varchar(20) character set ascii collate ascii_bin NOT NULL,
	`reached` varchar(40) character set ascii collate ascii_bin NOT NULL,
	CONSTRAINT `blanking_marks_round` PRIMARY KEY(`round`)
);
