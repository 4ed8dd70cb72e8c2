CREATE TABLE `attempts` (
	`attempt_id` varchar(40) character set ascii collate ascii_bin NOT NULL,
	`enterprise_id` varchar(64) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`delivery_id` varchar(40) character set ascii collate ascii_bin NOT NULL,
	`attempt_no` smallint NOT NULL,
	`gateway_id` varchar(40) character set ascii collate ascii_bin NOT NULL,
	`gateway` varchar(64) NOT NULL,
	`started_at` datetime(3) NOT NULL,
	`ended_at` datetime(3),
	`outcome` varchar(20) character set ascii collate ascii_bin,
	`code` varchar(64),
	`reason` varchar(500),
	`provider_id` varchar(128),
	CONSTRAINT `attempts_attempt_id` PRIMARY KEY(`attempt_id`),
	CONSTRAINT `attempts_delivery` UNIQUE(`enterprise_id`,`delivery_id`,`attempt_no`)
);
--> statement-breakpoint
CREATE TABLE `channels` (
	`channel_id` varchar(40) character set ascii collate ascii_bin NOT NULL,
	`channel_name` varchar(64) NOT NULL,
	`channel_key` varchar(64) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`kind` varchar(20) character set ascii collate ascii_bin NOT NULL,
	CONSTRAINT `channels_channel_id` PRIMARY KEY(`channel_id`),
	CONSTRAINT `channels_key` UNIQUE(`channel_key`)
);
--> statement-breakpoint
CREATE TABLE `customers` (
	`enterprise_id` varchar(64) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`is_subscribed` boolean NOT NULL DEFAULT true,
	`phone` varchar(20),
	`email` varchar(254),
	`locale` varchar(35),
	`time_zone` varchar(64),
	`ambiguity_policy` varchar(20) character set ascii collate ascii_bin NOT NULL DEFAULT 'hold',
	CONSTRAINT `customers_enterprise_id` PRIMARY KEY(`enterprise_id`)
);
--> statement-breakpoint
CREATE TABLE `deliveries` (
	`delivery_id` varchar(40) character set ascii collate ascii_bin NOT NULL,
	`enterprise_id` varchar(64) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`update_id` varchar(40) character set ascii collate ascii_bin NOT NULL,
	`update_key` char(43) character set ascii collate ascii_bin NOT NULL,
	`idempotency_hash` char(43) character set ascii collate ascii_bin,
	`fingerprint` char(43) character set ascii collate ascii_bin NOT NULL,
	`position` smallint NOT NULL,
	`shipment_id` varchar(64) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`status` varchar(64) NOT NULL,
	`occurred_at` datetime(3) NOT NULL,
	`timestamp_text` varchar(40) NOT NULL,
	`data` json,
	`lane` varchar(20) character set ascii collate ascii_bin NOT NULL,
	`channel_id` varchar(40) character set ascii collate ascii_bin,
	`channel` varchar(64) NOT NULL DEFAULT '',
	`gateway_id` varchar(40) character set ascii collate ascii_bin,
	`gateway` varchar(64) NOT NULL DEFAULT '',
	`state` varchar(20) character set ascii collate ascii_bin NOT NULL,
	`code` varchar(20) character set ascii collate ascii_bin,
	`attempt_no` smallint NOT NULL DEFAULT 0,
	`lease_token` varchar(40) character set ascii collate ascii_bin,
	`lease_until` datetime(3),
	`hold_until` datetime(3),
	`due_at` datetime(3) NOT NULL,
	`ring_at` datetime(3),
	`ring_no` smallint NOT NULL DEFAULT 0,
	`accepted_at` datetime(3) NOT NULL,
	`expires_at` datetime(3) NOT NULL,
	`settled_at` datetime(3),
	CONSTRAINT `deliveries_delivery_id` PRIMARY KEY(`delivery_id`),
	CONSTRAINT `deliveries_update` UNIQUE(`enterprise_id`,`update_key`,`position`),
	CONSTRAINT `deliveries_idempotency` UNIQUE(`enterprise_id`,`idempotency_hash`,`position`)
);
--> statement-breakpoint
CREATE TABLE `gateways` (
	`gateway_id` varchar(40) character set ascii collate ascii_bin NOT NULL,
	`gateway_name` varchar(64) NOT NULL,
	`gateway_key` varchar(64) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`channel_id` varchar(40) character set ascii collate ascii_bin NOT NULL,
	`adapter` varchar(20) character set ascii collate ascii_bin NOT NULL,
	`sender` varchar(320),
	`priority` int NOT NULL DEFAULT 100,
	`enabled` boolean NOT NULL DEFAULT true,
	CONSTRAINT `gateways_gateway_id` PRIMARY KEY(`gateway_id`),
	CONSTRAINT `gateways_channel_key` UNIQUE(`channel_id`,`gateway_key`)
);
--> statement-breakpoint
CREATE TABLE `logs` (
	`enterprise_id` varchar(64) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`attempt_id` varchar(40) character set ascii collate ascii_bin NOT NULL,
	`delivery_id` varchar(40) character set ascii collate ascii_bin NOT NULL,
	`shipment_id` varchar(64) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`status` varchar(64) NOT NULL,
	`timestamp` datetime(3) NOT NULL,
	`channel` varchar(64) NOT NULL,
	`gateway` varchar(64) NOT NULL,
	`notify_time` datetime(3) NOT NULL,
	`provider_id` varchar(128),
	CONSTRAINT `logs_enterprise_id_attempt_id_pk` PRIMARY KEY(`enterprise_id`,`attempt_id`)
);
--> statement-breakpoint
CREATE TABLE `logs_failure` (
	`enterprise_id` varchar(64) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`delivery_id` varchar(40) character set ascii collate ascii_bin NOT NULL,
	`attempt_no` smallint NOT NULL,
	`code` varchar(20) character set ascii collate ascii_bin NOT NULL,
	`attempt_id` varchar(40) character set ascii collate ascii_bin,
	`shipment_id` varchar(64) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`status` varchar(64) NOT NULL,
	`timestamp` datetime(3) NOT NULL,
	`channel` varchar(64) NOT NULL DEFAULT '',
	`gateway` varchar(64) NOT NULL DEFAULT '',
	`notify_time` datetime(3) NOT NULL,
	`message` varchar(500) NOT NULL,
	`provider_code` varchar(64),
	`provider_id` varchar(128),
	CONSTRAINT `logs_failure_enterprise_id_delivery_id_attempt_no_code_pk` PRIMARY KEY(`enterprise_id`,`delivery_id`,`attempt_no`,`code`)
);
--> statement-breakpoint
CREATE TABLE `receipts` (
	`enterprise_id` varchar(64) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`attempt_id` varchar(40) character set ascii collate ascii_bin NOT NULL,
	`event_id` varchar(128) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`kind` varchar(20) character set ascii collate ascii_bin NOT NULL,
	`code` varchar(64),
	`reason` varchar(500),
	`provider_id` varchar(128),
	`occurred_at` datetime(3),
	`received_at` datetime(3) NOT NULL,
	CONSTRAINT `receipts_enterprise_id_attempt_id_event_id_pk` PRIMARY KEY(`enterprise_id`,`attempt_id`,`event_id`)
);
--> statement-breakpoint
CREATE TABLE `subscriptions` (
	`enterprise_id` varchar(64) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`channel_id` varchar(40) character set ascii collate ascii_bin NOT NULL,
	`gateway_id` varchar(40) character set ascii collate ascii_bin NOT NULL,
	`enabled` boolean NOT NULL DEFAULT true,
	CONSTRAINT `subscriptions_enterprise_id_channel_id_gateway_id_pk` PRIMARY KEY(`enterprise_id`,`channel_id`,`gateway_id`)
);
--> statement-breakpoint
CREATE INDEX `deliveries_shipment` ON `deliveries` (`enterprise_id`,`shipment_id`,`channel_id`,`state`);--> statement-breakpoint
CREATE INDEX `deliveries_ring` ON `deliveries` (`lane`,`ring_at`);--> statement-breakpoint
CREATE INDEX `deliveries_lease` ON `deliveries` (`lease_until`);--> statement-breakpoint
CREATE INDEX `deliveries_hold` ON `deliveries` (`hold_until`);--> statement-breakpoint
CREATE INDEX `logs_shipment` ON `logs` (`enterprise_id`,`shipment_id`);--> statement-breakpoint
CREATE INDEX `logs_failure_shipment` ON `logs_failure` (`enterprise_id`,`shipment_id`);