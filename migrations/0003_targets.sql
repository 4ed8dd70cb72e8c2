ALTER TABLE `attempts` ADD `target` char(43) character set ascii collate ascii_bin;--> statement-breakpoint
CREATE INDEX `customers_email` ON `customers` (`email`);