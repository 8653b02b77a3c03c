"""What stands beside the application: database, broker, Tika and Gotenberg, brought along or elsewhere."""
