"""The model as Kubernetes objects: functions that write one kind, or one piece of a pod, from plain values.

jsii checks the types of each struct when it is made, which takes longer than anything else in a synthesis. So the
functions for pieces that come back in many pods are cached: a value is made into a struct once.
"""
