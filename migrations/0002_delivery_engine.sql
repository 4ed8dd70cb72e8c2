CREATE TABLE `gateway_changes` (
	`change_id` varchar(40) character set ascii collate ascii_bin NOT NULL,
	`gateway_id` varchar(40) character set ascii collate ascii_bin NOT NULL,
	`health` varchar(20) character set ascii collate ascii_bin NOT NULL,
	`reason` varchar(500) NOT NULL,
	`changed_at` datetime(3) NOT NULL,
	CONSTRAINT `gateway_changes_change_id` PRIMARY KEY(`change_id`)
);
--> statement-breakpoint
CREATE TABLE `inbound` (
	`message_id` varchar(128) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`kind` varchar(20) character set ascii collate ascii_bin NOT NULL,
	`wish` varchar(20) character set ascii collate ascii_bin NOT NULL,
	`received_at` datetime(3) NOT NULL,
	CONSTRAINT `inbound_message_id` PRIMARY KEY(`message_id`)
);
--> statement-breakpoint
CREATE TABLE `reconciliations` (
	`enterprise_id` varchar(64) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`delivery_id` varchar(40) character set ascii collate ascii_bin NOT NULL,
	`attempt_id` varchar(40) character set ascii collate ascii_bin NOT NULL,
	`step_no` smallint NOT NULL,
	`source` varchar(20) character set ascii collate ascii_bin NOT NULL,
	`conclusion` varchar(20) character set ascii collate ascii_bin NOT NULL,
	`message` varchar(500) NOT NULL,
	`concluded_at` datetime(3) NOT NULL,
	CONSTRAINT `reconciliations_enterprise_id_delivery_id_attempt_id_step_no_pk` PRIMARY KEY(`enterprise_id`,`delivery_id`,`attempt_id`,`step_no`)
);
--> statement-breakpoint
CREATE TABLE `suppressions` (
	`enterprise_id` varchar(64) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`channel_id` varchar(40) character set ascii collate ascii_bin NOT NULL,
	`address` varchar(254) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`code` varchar(20) character set ascii collate ascii_bin NOT NULL,
	`since` datetime(3) NOT NULL,
	`lifted_at` datetime(3),
	CONSTRAINT `suppressions_enterprise_id_channel_id_address_pk` PRIMARY KEY(`enterprise_id`,`channel_id`,`address`)
);
--> statement-breakpoint
ALTER TABLE `attempts` ADD `gateway_failed` boolean;--> statement-breakpoint
ALTER TABLE `deliveries` ADD `look_at` datetime(3);--> statement-breakpoint
ALTER TABLE `deliveries` ADD `look_no` smallint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `deliveries` ADD `redriven_no` smallint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `gateways` ADD `account` varchar(20) character set ascii collate ascii_bin DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE `gateways` ADD `track` smallint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `gateways` ADD `health` varchar(20) character set ascii collate ascii_bin DEFAULT 'well' NOT NULL;--> statement-breakpoint
ALTER TABLE `gateways` ADD `health_since` datetime(3);--> statement-breakpoint
ALTER TABLE `gateways` ADD `health_until` datetime(3);--> statement-breakpoint
ALTER TABLE `gateways` ADD `trial_at` datetime(3);--> statement-breakpoint
CREATE INDEX `gateway_changes_gateway` ON `gateway_changes` (`gateway_id`,`changed_at`);--> statement-breakpoint
CREATE INDEX `inbound_time` ON `inbound` (`received_at`);--> statement-breakpoint
CREATE INDEX `reconciliations_time` ON `reconciliations` (`concluded_at`);--> statement-breakpoint
CREATE INDEX `attempts_ended` ON `attempts` (`ended_at`,`gateway_id`,`gateway_failed`);--> statement-breakpoint
CREATE INDEX `attempts_provider` ON `attempts` (`provider_id`);--> statement-breakpoint
CREATE INDEX `customers_phone` ON `customers` (`phone`);--> statement-breakpoint
CREATE INDEX `deliveries_look` ON `deliveries` (`look_at`);--> statement-breakpoint
CREATE INDEX `deliveries_settled` ON `deliveries` (`state`,`settled_at`);--> statement-breakpoint
CREATE INDEX `logs_time` ON `logs` (`notify_time`);--> statement-breakpoint
CREATE INDEX `logs_failure_time` ON `logs_failure` (`notify_time`);--> statement-breakpoint
CREATE INDEX `receipts_time` ON `receipts` (`received_at`);