"""Kubernetes, as far as this library writes it: labels, pods, the workloads that hold them."""
