"""Stand-in for the application in the tests on a cluster.

It stands for what this project promises about processes, not for what paperless-ngx does with a document.

Real, in the versions that upstream's image has: Celery (workers, beat, flower, messages in Redis), granian, psycopg
(mysqlclient is Debian's). With them are real: argv, signals, acknowledgement, probes, users, volumes and the order of a
release, all with the manifests as they are.

As 2.14.7 it has an entrypoint that starts Debian's supervisord, as upstream's images up to that one.

Not real: Django, OCR, the search index (a file that names its language), users and permissions. A "document" is a text
file, and words in it say what its task does (`documents/tasks.py`). Whatever a process does it writes into the table
`standin_event`.
"""

from paperless.celery import app as celery_app

__all__ = ["celery_app"]
