CREATE TABLE `api_keys` (
	`key_id` varchar(40) character set ascii collate ascii_bin NOT NULL,
	`digest` char(43) character set ascii collate ascii_bin NOT NULL,
	`key_name` varchar(64) NOT NULL,
	`mode` varchar(20) character set ascii collate ascii_bin NOT NULL,
	`scopes` varchar(64) NOT NULL,
	`owner_id` varchar(64) character set utf8mb4 collate utf8mb4_bin NOT NULL DEFAULT '',
	`created_at` datetime(3) NOT NULL,
	`expires_at` datetime(3),
	`last_used_at` datetime(3),
	`revoked_at` datetime(3),
	CONSTRAINT `api_keys_key_id` PRIMARY KEY(`key_id`)
);
--> statement-breakpoint
CREATE TABLE `audit` (
	`audit_id` varchar(40) character set ascii collate ascii_bin NOT NULL,
	`owner_id` varchar(64) character set utf8mb4 collate utf8mb4_bin NOT NULL DEFAULT '',
	`key_id` varchar(40) character set ascii collate ascii_bin NOT NULL,
	`resource` varchar(20) character set ascii collate ascii_bin NOT NULL,
	`resource_id` varchar(200) NOT NULL,
	`action` varchar(20) character set ascii collate ascii_bin NOT NULL,
	`changes` json,
	`changed_at` datetime(3) NOT NULL,
	CONSTRAINT `audit_audit_id` PRIMARY KEY(`audit_id`)
);
--> statement-breakpoint
CREATE TABLE `templates` (
	`template_id` varchar(40) character set ascii collate ascii_bin NOT NULL,
	`owner_id` varchar(64) character set utf8mb4 collate utf8mb4_bin NOT NULL DEFAULT '',
	`channel_id` varchar(40) character set ascii collate ascii_bin NOT NULL,
	`status_key` varchar(64) character set utf8mb4 collate utf8mb4_bin NOT NULL DEFAULT '',
	`locale` varchar(20) character set ascii collate ascii_bin NOT NULL DEFAULT '',
	`version` int NOT NULL,
	`is_removed` boolean NOT NULL DEFAULT false,
	`subject` varchar(500),
	`text_body` text,
	`html_body` text,
	`content_sid` varchar(64),
	`variables` json,
	`needs` json NOT NULL,
	`created_at` datetime(3) NOT NULL,
	CONSTRAINT `templates_template_id` PRIMARY KEY(`template_id`),
	CONSTRAINT `templates_version` UNIQUE(`owner_id`,`channel_id`,`status_key`,`locale`,`version`)
);
--> statement-breakpoint
ALTER TABLE `gateways` ADD `owner_id` varchar(64) character set utf8mb4 collate utf8mb4_bin DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE `gateways` ADD `credentials` text;--> statement-breakpoint
ALTER TABLE `gateways` ADD `endpoint` varchar(2048);--> statement-breakpoint
ALTER TABLE `subscriptions` ADD `statuses` json;--> statement-breakpoint
ALTER TABLE `deliveries` ADD `template_id` varchar(40) character set ascii collate ascii_bin;--> statement-breakpoint
ALTER TABLE `deliveries` ADD `is_test` boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE `logs` ADD `is_test` boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE `logs_failure` ADD `is_test` boolean DEFAULT false NOT NULL;--> statement-breakpoint
CREATE INDEX `api_keys_owner` ON `api_keys` (`owner_id`,`key_id`);--> statement-breakpoint
CREATE INDEX `audit_owner` ON `audit` (`owner_id`,`audit_id`);--> statement-breakpoint
CREATE INDEX `audit_resource` ON `audit` (`resource`,`resource_id`,`audit_id`);