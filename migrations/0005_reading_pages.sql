CREATE INDEX `deliveries_enterprise` ON `deliveries` (`enterprise_id`,`accepted_at`,`delivery_id`);--> statement-breakpoint
CREATE INDEX `logs_enterprise` ON `logs` (`enterprise_id`,`notify_time`,`attempt_id`);--> statement-breakpoint
CREATE INDEX `logs_failure_enterprise` ON `logs_failure` (`enterprise_id`,`notify_time`,`delivery_id`,`attempt_no`,`code`);