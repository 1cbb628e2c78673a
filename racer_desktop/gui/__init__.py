"""The window: all Qt of the program, and nothing else imports it."""
