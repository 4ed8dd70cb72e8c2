INSERT INTO `channels` (`channel_id`, `channel_name`, `channel_key`, `kind`) VALUES
	('ch_sms', 'SMS', 'sms', 'sms'),
	('ch_email', 'Email', 'email', 'email'),
	('ch_whatsapp', 'Whatsapp', 'whatsapp', 'whatsapp');
--> statement-breakpoint
INSERT INTO `gateways` (`gateway_id`, `gateway_name`, `gateway_key`, `channel_id`, `adapter`) VALUES
	('gw_twilio', 'Twilio', 'twilio', 'ch_sms', 'twilio_sms'),
	('gw_sendgrid', 'SendGrid', 'sendgrid', 'ch_email', 'sendgrid_email'),
	('gw_twilio_whatsapp', 'Twilio Whatsapp', 'twilio whatsapp', 'ch_whatsapp', 'twilio_whatsapp');
