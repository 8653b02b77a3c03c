"""What input may look like, and how it is refused. Nothing here knows of paperless-ngx, cdk8s or any other layer."""
