"""From an issue to deliveries: messages, recipients, ledger rules, SMTP."""
