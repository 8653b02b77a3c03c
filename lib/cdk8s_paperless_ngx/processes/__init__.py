"""What each paperless-ngx process is, and the constructs that render it."""
