"""What runs inside pods, mounted from a ConfigMap."""
