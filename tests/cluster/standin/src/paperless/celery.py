"""Celery as upstream configures it; late acknowledgement and no prefetching come from the command line."""

import os

from celery import Celery, signals
from documents.events import record

app = Celery("paperless", include=["documents.tasks"])
app.conf.update(
    broker_url=os.environ["PAPERLESS_REDIS"],
    broker_connection_retry_on_startup=True,
    broker_transport_options={
        "visibility_timeout": 3600,
        "global_keyprefix": os.environ.get("PAPERLESS_REDIS_PREFIX", ""),
    },
    result_backend=os.environ["PAPERLESS_REDIS"],
    result_expires=3600,
    task_track_started=True,
    worker_max_tasks_per_child=1,
    worker_send_task_events=True,
    worker_concurrency=int(os.environ["PAPERLESS_TASK_WORKERS"]),
    task_time_limit=int(os.environ["PAPERLESS_WORKER_TIMEOUT"]),
    timezone=os.environ["PAPERLESS_TIME_ZONE"],
    beat_schedule={"train the classifier": {"task": "documents.tasks.train_classifier", "schedule": 60}},
)


@signals.worker_ready.connect
def _worker_ready(**_arguments):
    record("worker", "starts")


@signals.beat_init.connect
def _beat_init(**_arguments):
    record("beat", "starts")
